"use strict";
// Below each date, how it is understood, as it is typed.
{
  const later = new WeakMap(); // by input, the call that waits until typing pauses

  const place = (input) => document.getElementById(`${input.id}_understood`);

  const say = async (input) => {
    const said = place(input);
    const asked = input.value;
    if (!asked.trim()) return said.replaceChildren();
    const query = new URLSearchParams({ text: asked });
    if ("eras" in said.dataset) {
      query.set("eras", "");
      query.set("kind", document.getElementById(input.id.replace(/date$/, "kind"))?.value ?? "");
    }
    const response = await fetch(`${said.dataset.url}?${query}`, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (input.value !== asked) return; // the answer to what is there now is on its way
    const text = response?.ok && !response.redirected ? await response.text() : "";
    if (input.value === asked) said.innerHTML = text;
  };

  const saySoon = (input) => {
    if (!later.has(input)) later.set(input, window.recordForm.debounced(() => say(input), 350));
    later.get(input)();
  };

  const onTyping = ({ target }) => {
    if (target.matches(".edtf-input") && place(target)) saySoon(target);
    // What happened may be said beside the date, too.
    const date = target.matches("select[id$=kind]") && document.getElementById(target.id.replace(/kind$/, "date"));
    if (date && date.value && place(date)) saySoon(date);
  };
  document.addEventListener("input", onTyping);
  document.addEventListener("change", onTyping);
}
