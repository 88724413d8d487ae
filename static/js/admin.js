"use strict";
// Choosers are drawn by select2, which gives their boxes no name: they get that of their field.
{
  const name = (select) => document.querySelector(`label[for="${select.id}"]`)?.textContent.trim().replace(/:$/, "");

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

  const start = () => {
    const $ = window.django?.jQuery;
    if (!$) return;
    $(() => setTimeout(() => label(document)));
    document.addEventListener("formset:added", (event) => setTimeout(() => label(event.target)));
    $(document).on("change select2:select select2:unselect", "select.admin-autocomplete", (event) =>
      setTimeout(() => label(event.target.parentElement)),
    );
    $(document).on("select2:open", (event) => {
      const field = document.querySelector(".select2-container--open .select2-dropdown .select2-search__field");
      field?.setAttribute("aria-label", name(event.target) ?? "");
    });
  };

  start();
}
