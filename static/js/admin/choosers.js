"use strict";
// Choosers are drawn by select2, which gives their boxes no name: they get that of their field.
{
  const name = (select) => document.querySelector(`label[for="${select.id}"]`)?.textContent.trim().replace(/[:：]$/, "");

  const label = (root) => {
    for (const select of root.querySelectorAll("select.admin-autocomplete")) {
      const text = name(select);
      const box = select.nextElementSibling?.querySelector("[role=combobox]");
      if (!text || !box) continue;
      const rendered = box.querySelector(".select2-selection__rendered");
      const shown = rendered?.textContent.trim();
      if (rendered?.matches("[role=textbox]")) rendered.setAttribute("aria-label", text);
      box.removeAttribute("aria-labelledby");
      box.setAttribute("aria-label", shown ? `${text}: ${shown}` : text);
      box.querySelector(".select2-search__field")?.setAttribute("aria-label", text);
    }
  };

  // While an answer is awaited nothing can be chosen: select2 would leave the former list, and Enter takes its first line.
  const lists = () => [...document.querySelectorAll(".select2-container--open .select2-results__options")];
  const clear = () => {
    for (const list of lists()) {
      if (!list.querySelector(".loading-results")) continue;
      for (const line of list.querySelectorAll(".select2-results__option:not(.loading-results)")) line.remove();
    }
  };
  const empty = (event) => {
    const field = event.target;
    if (!field.matches?.(".select2-search__field")) return;
    // After a key that select2 took for itself, such as Enter, it overlooks what is pasted: told once more, it asks.
    if (!event.isAgain && !lists().some((list) => list.querySelector(".loading-results"))) {
      field.dispatchEvent(Object.assign(new Event("input", { bubbles: true }), { isAgain: true }));
      return;
    }
    clear();
    field.removeAttribute("aria-activedescendant");
  };

  // A chooser whose rows belong to something that another chooser of the form has: categories of one register.
  const within = (select) => {
    const name = select.dataset.within;
    if (!name) return "";
    const own = document.getElementsByName(select.name.replace(/[^-]*$/, name))[0];
    return (own ?? document.getElementsByName(name)[0])?.value ?? "";
  };
  const ask = (options) => {
    const select = document.querySelector("select.admin-autocomplete:has(+ .select2-container--open)");
    const chosen = select && options.url === select.dataset["ajax-Url"] ? within(select) : "";
    if (chosen) options.data += `&${new URLSearchParams({ within: chosen })}`;
  };

  const start = () => {
    const $ = window.django?.jQuery;
    if (!$) return;
    document.addEventListener("input", empty);
    $.ajaxPrefilter(ask);
    $(() => setTimeout(() => label(document)));
    document.addEventListener("formset:added", (event) => {
      setTimeout(() => label(event.target));
      // Django gives the pencils beside choosers their addresses when a page is loaded; rows come later.
      event.target.querySelectorAll(".related-widget-wrapper select").forEach((select) => window.updateRelatedObjectLinks?.(select));
    });
    $(document).on("change select2:select select2:unselect", "select.admin-autocomplete", (event) =>
      setTimeout(() => label(event.target.parentElement)),
    );
    $(document).on("select2:open", (event) => {
      clear();
      const field = document.querySelector(".select2-container--open .select2-dropdown .select2-search__field");
      field?.setAttribute("aria-label", name(event.target) ?? "");
    });
  };

  start();
}

// Django's pair of lists marks its search fields with an image that has a name but no role.
addEventListener("load", () => {
  for (const mark of document.querySelectorAll(".selector .help-tooltip")) mark.setAttribute("role", "img");
});

// A scene is chosen from a list; here from its drawings as well, which are fetched as they come into sight.
for (const box of document.querySelectorAll(".scene-input")) {
  const select = box.querySelector("select");
  const shown = box.querySelector(".scene-shown");
  const choice = box.querySelector(".scene-choice");
  const grid = box.querySelector(".scene-grid");
  let scenes = [...select.querySelectorAll("optgroup option")];
  const address = (name) => box.dataset.address.replace("NAME", name);

  const show = () => {
    const chosen = scenes.find((option) => option.selected);
    shown.hidden = !chosen;
    if (chosen) shown.src = address(chosen.value);
    for (const button of grid.children) button.setAttribute("aria-pressed", button.value === select.value);
  };

  const fill = () => {
    for (const option of scenes) {
      const button = Object.assign(document.createElement("button"), { type: "button", value: option.value });
      const picture = Object.assign(document.createElement("img"), { loading: "lazy", alt: "", width: 150, height: 100 });
      picture.src = address(option.value);
      button.append(picture, option.textContent);
      button.addEventListener("click", () => {
        select.value = option.value;
        select.dispatchEvent(new Event("change", { bubbles: true }));
      });
      grid.append(button);
    }
    show();
  };

  // A page holds the chosen scene alone: the others come when somebody is about to choose.
  let loading;
  const load = async () => {
    const response = await fetch(box.dataset.others);
    if (!response.ok || response.redirected) return;
    const template = document.createElement("template");
    template.innerHTML = await response.text();
    const { value } = select;
    select.querySelector("optgroup").replaceChildren(template.content);
    select.value = value;
    scenes = [...select.querySelectorAll("optgroup option")];
  };
  const loaded = () => (loading ??= box.dataset.others ? load() : Promise.resolve());

  choice.hidden = false;
  choice.addEventListener("toggle", () => loaded().then(fill), { once: true });
  for (const event of ["focusin", "pointerenter"]) box.addEventListener(event, loaded, { once: true });
  select.addEventListener("change", show);
}
