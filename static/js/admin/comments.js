"use strict";
// Comments at the fields of a form: answered and marked as done without leaving the form.
{
  const status = document.getElementById("about-status");

  const replace = (page, id) => {
    const place = document.getElementById(id);
    const now = page.getElementById(id);
    if (now) place.replaceWith(now);
    else place.remove();
  };

  const send = async (about, button) => {
    const body = new FormData(about, button);
    const id = `comment-${body.get("comment")}`;
    const field = document.getElementById(id).closest(".form-row, .record-rows, .review-box");
    const response = await fetch(about.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    // Whoever is logged out, or may not, sees the page that says so.
    if (!response.ok || !page.getElementById("site_form")) return location.assign(response.url);
    if (!document.getElementById(id).closest("#comments")) replace(page, id);
    replace(page, "comments");
    const next = document.getElementById(id) ?? field;
    (next.querySelector("textarea, input:not([type=hidden]), select, button, a") ?? next).focus();
    status.textContent = status.dataset[button.value];
  };

  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".about-comment")) return;
    event.preventDefault();
    const button = event.submitter;
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    send(event.target, button).finally(() => (button.ariaBusy = null));
  });
}
