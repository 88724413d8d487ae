"use strict";
// The form of a record: rows and languages are fetched or added when asked for; what was typed and
// not saved is guarded when the page is left, kept in this browser, and offered back.
{
  const form = document.querySelector("#content-main form[method=post]");
  const words = document.getElementById("form-words")?.dataset ?? {};

  // Called once after the last of many events.
  const debounced = (action, delay) => {
    let timer;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(action, delay);
    };
  };

  // --- rows ------------------------------------------------------------------------------------

  const fetched = async (url, params = {}) => {
    const query = new URLSearchParams(params);
    const response = await fetch(`${url}?${query}`, { headers: { "X-Requested-With": "fetch" } });
    if (!response.ok || response.redirected) throw new Error(words.failed);
    const template = document.createElement("template");
    template.innerHTML = await response.text();
    return template.content;
  };

  const failed = (place, error) => {
    const note = document.createElement("p");
    note.className = "errornote";
    note.role = "alert";
    note.textContent = error.message;
    place.after(note);
  };

  // What Django's choosers and its other scripts listen for.
  const announce = (row) => row.dispatchEvent(new CustomEvent("formset:added", { bubbles: true }));

  const open = async (line) => {
    const set = line.closest(".record-rows");
    const { number, row } = line.dataset;
    delete line.dataset.row; // once
    const content = await fetched(`${set.dataset.url}${number}/`, { row }).catch((error) => {
      line.dataset.row = row; // it can be opened again
      throw error;
    });
    const opened = content.firstElementChild;
    line.replaceWith(opened);
    prepare(opened);
    announce(opened);
    return opened;
  };

  const add = async (set) => {
    const total = set.querySelector("[name$='-TOTAL_FORMS']");
    const number = Number(total.value);
    total.value = number + 1;
    const content = await fetched(`${set.dataset.url}${number}/`).catch((error) => {
      if (Number(total.value) === number + 1) total.value = number; // the next one takes its place
      throw error;
    });
    const row = content.firstElementChild;
    let lines = set.querySelector(".record-lines");
    if (!lines) {
      lines = document.createElement("div");
      lines.className = "record-lines";
      set.append(lines);
    }
    lines.append(row);
    prepare(row);
    announce(row);
    return row;
  };

  const focusFirst = (row) => row.querySelector("input:not([type=hidden]), select, textarea")?.focus();

  const showLines = async (closed) => {
    const set = closed.closest(".record-rows");
    const content = await fetched(set.dataset.url);
    const lines = content.firstElementChild;
    closed.replaceWith(lines);
    return lines;
  };

  // The event does not bubble, but can be caught on its way down.
  form?.addEventListener(
    "toggle",
    (event) => {
      const details = event.target;
      if (!details.open) return;
      if (details.matches(".record-line[data-row]") && !details.querySelector("input"))
        open(details).then(focusFirst, (error) => failed(details, error));
      if (details.matches(".closed-rows"))
        showLines(details).then((lines) => lines.querySelector("summary")?.focus(), (error) => failed(details, error));
    },
    true,
  );

  form?.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.matches(".add-row"))
      add(button.closest(".record-rows")).then(focusFirst, (error) => failed(button, error));
    if (button?.matches(".remove-row")) {
      const row = button.closest(".record-line");
      const set = row.closest(".record-rows");
      (row.closest(".record-place") ?? row).remove();
      set.querySelector(".add-row")?.focus();
      keepSoon();
    }
    if (button?.matches(".add-language")) chooseLanguage(button);
  });

  // --- languages -------------------------------------------------------------------------------

  const chooseLanguage = (button) => {
    const map = button.closest(".language-map");
    const select = document.createElement("select");
    select.setAttribute("aria-label", words.language);
    select.append(new Option(`${words.language} …`, ""));
    const offered = document.getElementById("form-words").content.cloneNode(true);
    for (const option of offered.querySelectorAll("option"))
      if (!document.getElementsByName(`${map.dataset.name}__${option.value}`).length) select.append(option);
    button.replaceWith(select);
    select.focus();
    select.addEventListener("change", () => {
      const name = select.selectedOptions[0].textContent;
      select.replaceWith(button);
      addLanguage(map, select.value, name).focus();
    });
  };

  const addLanguage = (map, code, name) => {
    const added = map.querySelector(".language-input").cloneNode(true);
    const control = added.querySelector("input, textarea");
    control.name = `${map.dataset.name}__${code}`;
    control.id = `id_${control.name}`;
    control.value = control.textContent = "";
    control.removeAttribute("value");
    control.lang = code;
    control.dir = code === "ar" ? "rtl" : "ltr";
    const shown = added.querySelector(".text-preview");
    if (shown) shown.hidden = true;
    added.querySelector(".show-text")?.setAttribute("aria-pressed", "false");
    const label = added.querySelector("label");
    label.htmlFor = control.id;
    label.lang = code;
    label.textContent = name;
    map.insertBefore(added, map.querySelector(".add-language"));
    return control;
  };

  // --- what was typed and not saved --------------------------------------------------------------

  const key = `unsaved:${words.user}:${location.pathname.replace(/^\/[^/]+/, "")}`; // in whatever language
  // What was sent and came back with errors is not stored yet, though the form holds it as if it were.
  const isRefused = document.querySelector(".errornote") !== null;
  let sent = { values: {}, rows: {} };
  const opened = new Map(); // by name, what each control held when the page was made

  const controls = (root) =>
    [...root.querySelectorAll("input, select, textarea")].filter(
      (each) => each.name && !each.hasAttribute("form") && !["file", "password"].includes(each.type) && !/csrfmiddlewaretoken|_opened$|_FORMS$/.test(each.name),
    );

  const held = (control) => {
    if (control.type === "checkbox" || control.type === "radio") return control.checked ? [control.value, "on"] : [];
    if (control.matches("select")) return [...control.selectedOptions].flatMap((each) => [each.value, each.text]);
    return [control.value, ""];
  };

  // Boxes of one field share its name: each is known by its value as well.
  const called = (control) =>
    control.type === "checkbox" && form.elements[control.name] instanceof RadioNodeList ? `${control.name}=${control.value}` : control.name;

  const find = (name) => {
    const [shared, value] = name.split("=");
    return value ? form.querySelector(`[name="${CSS.escape(shared)}"][value="${CSS.escape(value)}"]`) : form.elements[name];
  };

  const note = (root) => {
    for (const control of controls(root))
      if (control.type !== "radio") opened.set(called(control), JSON.stringify(held(control)));
  };

  const changed = () => {
    const found = {};
    for (const control of controls(form)) {
      if (control.type === "hidden" || control.type === "radio") continue;
      const now = held(control);
      const row = control.closest(".record-line:not(.has_original)");
      const was = opened.get(called(control));
      if (JSON.stringify(now) !== was && (was !== undefined || row || now[0])) found[called(control)] = now;
    }
    return found;
  };

  const remember = () => {
    const values = { ...sent.values, ...changed() };
    try {
      if (!Object.keys(values).length) return localStorage.removeItem(key);
      const rows = { ...sent.rows };
      for (const name of Object.keys(values)) {
        const [, place] = /^(.+?-\d+)-/.exec(name) ?? [];
        if (place) rows[place] = form.elements[`${place}-id`]?.value || document.getElementById(place)?.dataset.row || "";
      }
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), values, rows }));
    } catch {
      // Storage may be full or forbidden: then nothing is kept.
    }
  };

  const keepSoon = debounced(remember, 600);

  const put = (control, value) => {
    if (control.type === "checkbox") control.checked = value.length > 0;
    else if (control.matches("select")) {
      for (let at = 0; at < value.length; at += 2) {
        let option = [...control.options].find((each) => each.value === value[at]);
        if (!option) control.append((option = new Option(value[at + 1], value[at])));
      }
      const chosen = value.filter((_each, at) => at % 2 === 0);
      for (const option of control.options) option.selected = chosen.includes(option.value);
    } else control.value = value[0];
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
    window.django?.jQuery?.(control).trigger("change");
  };

  const place = async (prefix, number, id) => {
    const set = document.getElementById(`${prefix}-group`);
    if (!set) return null;
    if (!id) return add(set);
    const closed = set.querySelector(".closed-rows");
    if (closed) await showLines(closed);
    const line = set.querySelector(`[data-row="${CSS.escape(id)}"]`);
    if (!line) return null;
    return line.querySelector("input") ? line : open(line);
  };

  const restore = async ({ values, rows }) => {
    const places = {};
    for (const [at, id] of Object.entries(rows)) {
      const [, prefix, number] = /^(.+)-(\d+)$/.exec(at);
      places[at] = (await place(prefix, number, id))?.id;
    }
    for (const [name, value] of Object.entries(values)) {
      const [, at] = /^(.+?-\d+)-/.exec(name) ?? [];
      const here = at ? name.replace(at, places[at]) : name;
      let control = find(here);
      if (!control && here.includes("__")) {
        const [base, code] = here.split("__");
        const map = form.querySelector(`.language-map[data-name="${CSS.escape(base)}"]`);
        const option = document.getElementById("form-words").content.querySelector(`[value="${CSS.escape(code)}"]`);
        if (map) control = addLanguage(map, code, option?.textContent ?? code);
      }
      if (control instanceof Element) put(control, value);
    }
  };

  const offer = () => {
    const box = document.getElementById("unsaved");
    const text = localStorage.getItem(key);
    if (!box || !text) return;
    const kept = JSON.parse(text);
    // What the server gives back with errors is in the form already.
    const names = Object.keys(kept.values);
    const there = names.every((name) => find(name) instanceof Element && held(find(name))[0] === kept.values[name][0]);
    if (there && isRefused) return (sent = kept);
    if (there) return localStorage.removeItem(key);
    box.hidden = false;
    // By the clock of the catalogue, as all other times of the page.
    const { timeZone } = document.getElementById("form-words").dataset;
    document.getElementById("unsaved-time").textContent = new Date(kept.at).toLocaleString(
      document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang,
      { dateStyle: "medium", timeStyle: "short", timeZone },
    );
    document.getElementById("unsaved-restore").addEventListener("click", () => {
      box.hidden = true;
      restore(kept).then(remember);
    });
    document.getElementById("unsaved-discard").addEventListener("click", () => {
      box.hidden = true;
      localStorage.removeItem(key);
    });
  };

  const SENT = "sent-form"; // see saved.js

  let isSent = false;
  const guard = () => {
    form.addEventListener("input", keepSoon);
    const $ = window.django?.jQuery; // by which alone choosers tell that something was chosen
    if ($) $(form).on("change", keepSoon);
    else form.addEventListener("change", keepSoon);
    form.addEventListener("submit", (event) => {
      // A time or a number that is half written would be sent as none.
      const incomplete = controls(form).find((control) => control.validity?.badInput);
      if (incomplete) {
        event.preventDefault();
        incomplete.reportValidity();
        return;
      }
      isSent = true;
      remember();
      sessionStorage.setItem(SENT, key);
    });
    // The keys that save everywhere else.
    addEventListener("keydown", (event) => {
      const button = form.querySelector("[name=_continue]");
      if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || !button) return;
      event.preventDefault();
      button.click();
    });
    addEventListener("beforeunload", (event) => {
      if (!isSent && (isRefused || Object.keys(changed()).length)) event.preventDefault();
    });
  };

  // --- who else is here -------------------------------------------------------------------------

  const here = document.getElementById("others-here");
  const said = (more = {}) => {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    for (const [name, value] of Object.entries(more)) data.set(name, value);
    return data;
  };
  const say = async () => {
    if (document.hidden) return;
    const response = await fetch(here.dataset.url, { method: "POST", body: said() });
    const html = response.ok && !response.redirected ? (await response.text()).trim() : "";
    if (here.innerHTML.trim() !== html) here.innerHTML = html;
    here.hidden = !html;
  };
  if (form && here) {
    say();
    setInterval(say, 60_000);
    document.addEventListener("visibilitychange", say);
    addEventListener("pagehide", () => navigator.sendBeacon(here.dataset.url, said({ closed: "1" })));
  }

  // --- texts as readers will see them -----------------------------------------------------------

  const markdown = document.querySelector("[data-markdown]")?.dataset.markdown;
  const showText = async (textarea, out) => {
    const body = said({ text: textarea.value });
    const response = await fetch(markdown, { method: "POST", body });
    if (response.ok && !response.redirected) out.innerHTML = await response.text();
  };
  const followed = new WeakSet(); // text areas whose text is shown again as it is typed
  form?.addEventListener("click", (event) => {
    const button = event.target.closest(".show-text");
    if (!button) return;
    const textarea = button.parentElement.querySelector("textarea");
    const out = button.parentElement.querySelector(".text-preview");
    const isShown = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", !isShown);
    out.hidden = isShown;
    out.lang = textarea.lang;
    if (isShown) return;
    showText(textarea, out);
    if (followed.has(textarea)) return;
    followed.add(textarea);
    const showAgain = () => out.hidden || showText(textarea, out);
    textarea.addEventListener("input", debounced(showAgain, 400));
  });

  // For the other scripts of the form.
  window.recordForm = { add, open, failed, debounced };

  const prepare = (root) => {
    for (const button of root.querySelectorAll(".add-row, .remove-row, .add-language, .show-text")) button.hidden = false;
    if (root !== document) note(root);
  };

  if (form) {
    prepare(document);
    // After the other scripts have made their choosers.
    addEventListener("load", () => {
      // What is not right comes first, and its links lead to the fields.
      const refusal = document.querySelector("#content-main .errornote");
      if (refusal) {
        refusal.tabIndex = -1;
        refusal.focus();
      }
      note(form);
      try {
        offer();
      } catch {
        // Without storage there is nothing to offer.
      }
      guard();
    });
  }
}
