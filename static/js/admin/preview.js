"use strict";
// The page as visitors will see it, beside the form: as it is saved, then as it is typed. Each state
// is loaded into a frame of its own, which takes the place of the one before once it is there.
{
  const OPEN = "preview-language"; // in this browser: the language that was open, if any
  const WIDE = matchMedia("(min-width: 1280px)");
  const pane = document.getElementById("preview-pane");
  const button = document.getElementById("preview-toggle");
  const form = document.getElementById("site_form");

  const remembered = () => {
    try {
      return localStorage.getItem(OPEN);
    } catch {
      return null; // storage may be forbidden
    }
  };
  const remember = (language) => {
    try {
      if (language) localStorage.setItem(OPEN, language);
      else localStorage.removeItem(OPEN);
    } catch {
      // Then it is closed when the next form opens.
    }
  };

  // What the form says of the record and of the rows that are open; no files.
  const typed = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !name.startsWith("_"));

  const begin = () => {
    const tabs = [...pane.querySelectorAll("[role=tab]")];
    const panel = pane.querySelector("[role=tabpanel]");
    const chosen = () => tabs.find((tab) => tab.ariaSelected === "true");
    let count = 0;
    let isTyped = false;

    const load = () => {
      const tab = chosen();
      const frame = document.createElement("iframe");
      const before = panel.querySelector("iframe:not(.is-coming)");
      frame.name = `preview-${++count}`;
      frame.title = `${pane.ariaLabel}: ${tab.textContent}`;
      frame.className = "is-coming";
      for (const late of panel.querySelectorAll(".is-coming")) late.remove();
      panel.append(frame);
      if (isTyped) send(tab.dataset.url, frame.name);
      else frame.src = tab.dataset.url;
      frame.addEventListener("load", () => show(frame, before));
    };

    // A form of its own: that of the record would take its files along, and leave the page.
    const send = (url, target) => {
      const sent = document.createElement("form");
      Object.assign(sent, { method: "post", action: url, target, hidden: true });
      for (const [name, value] of typed()) {
        const control = document.createElement("textarea");
        Object.assign(control, { name, value });
        sent.append(control);
      }
      document.body.append(sent);
      sent.submit();
      sent.remove();
    };

    const show = (frame, before) => {
      const page = frame.contentDocument;
      if (!page || page.URL === "about:blank") return;
      // Links lead to a page of their own: no other may stand in a frame.
      const links = page.querySelectorAll("a[href]:not([href^='#']), form"); // of drawings, too
      for (const link of links) link.setAttribute("target", "_blank");
      const top = before?.contentWindow?.scrollY ?? 0;
      frame.contentWindow.scrollTo({ top, behavior: "instant" });
      before?.remove();
      frame.className = "";
    };

    const choose = (tab) => {
      for (const each of tabs) {
        each.ariaSelected = String(each === tab);
        each.tabIndex = each === tab ? 0 : -1;
      }
      panel.setAttribute("aria-labelledby", tab.id);
      remember(tab.lang);
      load();
    };

    const toggle = (isOpen, language) => {
      pane.hidden = !isOpen;
      button.ariaExpanded = String(isOpen);
      document.body.classList.toggle("has-preview", isOpen);
      panel.replaceChildren();
      if (isOpen) choose(tabs.find((tab) => tab.lang === language) ?? chosen());
    };

    button.hidden = false;
    button.addEventListener("click", () => {
      toggle(pane.hidden);
      if (pane.hidden) remember("");
    });
    pane.querySelector(".preview-close").addEventListener("click", () => {
      toggle(false);
      remember("");
      button.focus();
    });
    for (const tab of tabs) tab.addEventListener("click", () => choose(tab));
    pane.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = tabs[(tabs.indexOf(chosen()) + step + tabs.length) % tabs.length];
      choose(next);
      next.focus();
    });

    const loadSoon = window.recordForm.debounced(() => pane.hidden || load(), 1000);
    const onTyping = (event) => {
      if (event.target.closest("[form]")) return;
      isTyped = true;
      loadSoon();
    };
    form.addEventListener("input", onTyping);
    form.addEventListener("change", onTyping);
    form.addEventListener("click", (event) => event.target.closest(".remove-row") && onTyping(event));

    // What is too narrow for both keeps what was open in mind.
    const fit = () => toggle(WIDE.matches && Boolean(remembered()), remembered());
    WIDE.addEventListener("change", fit);
    fit();
  };

  if (pane && button && form) begin();
}
