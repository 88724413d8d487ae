"use strict";
// What form.js keeps of a form in this browser goes when the next page says that it was saved, and
// when it is old or there is too much, and when somebody logs out. A page of log-in says no such thing.
{
  const START = "unsaved:";
  const SENT = "sent-form";
  const LATEST = 20; // forms
  const DAYS = 14;

  const tidy = () => {
    const sent = sessionStorage.getItem(SENT);
    if (sent && document.querySelector(".messagelist :is(.success, .info)")) localStorage.removeItem(sent);
    sessionStorage.removeItem(SENT);
    const kept = Object.keys(localStorage).filter((name) => name.startsWith(START));
    const at = (name) => JSON.parse(localStorage.getItem(name)).at;
    kept.sort((a, b) => at(b) - at(a));
    for (const name of kept)
      if (kept.indexOf(name) >= LATEST || Date.now() - at(name) > DAYS * 86_400_000) localStorage.removeItem(name);
  };

  const forget = () => {
    for (const name of Object.keys(localStorage)) if (name.startsWith(START)) localStorage.removeItem(name);
  };

  try {
    tidy();
    document.getElementById("logout-form")?.addEventListener("submit", forget);
  } catch {
    // Without storage there is nothing to tidy.
  }
}

// A double click sends a form once.
{
  const sent = new WeakMap(); // when, by form
  addEventListener("submit", (event) => {
    const now = Date.now();
    if (event.target.method !== "post" || event.defaultPrevented) return;
    if (now - (sent.get(event.target) ?? 0) < 2_000) event.preventDefault();
    else sent.set(event.target, now);
    // What takes long says that it is under way: the undo of many records.
    if (!event.defaultPrevented) event.target.querySelectorAll(".under-way").forEach((told) => (told.hidden = false));
  });
}
