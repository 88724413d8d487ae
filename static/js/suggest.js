// Suggestions while somebody types: a field that says where they are asked for becomes a combobox.

const PAUSE = 120; // milliseconds: longer than between two keys, too short to be felt
const LEAST = 240; // pixels for the list: with less the field moves to the top
const ENOUGH = /\p{Script=Han}|../su; // one Han character says something, one letter does not

function set(element, attributes) {
  for (const name in attributes) element.setAttribute(name, attributes[name]);
}

function combobox(field) {
  const list = document.createElement("div");
  const said = document.createElement("p");
  let active = null; // the option that Enter would open; none while the keys are in the text
  let timer = 0;
  let asking = new AbortController();

  const id = `${field.id}-suggestions`;
  set(list, { id, class: "suggestions", role: "listbox", "aria-label": field.dataset.label });
  set(said, { class: "hidden", role: "status" });
  set(field, { role: "combobox", "aria-autocomplete": "list", "aria-controls": id });
  field.parentElement.append(list, said);
  show(false);

  function show(isOpen) {
    list.hidden = !isOpen;
    set(field, { "aria-expanded": isOpen });
    point(null);
    if (!isOpen) return;
    if (room() < LEAST) field.form.scrollIntoView({ block: "start", behavior: "instant" });
    list.style.setProperty("--room", `${room()}px`);
  }

  function room() {
    const { height, offsetTop } = visualViewport; // what a keyboard on the screen leaves of it
    return height + offsetTop - list.getBoundingClientRect().top - 8;
  }

  function point(option) {
    if (active) set(active, { "aria-selected": false });
    active = option;
    if (!active) return field.removeAttribute("aria-activedescendant");
    set(active, { "aria-selected": true });
    set(field, { "aria-activedescendant": active.id });
    active.scrollIntoView({ block: "nearest" });
  }

  // Down from the last option, and up from the first, one is in the text again.
  function move(step) {
    const options = list.querySelectorAll("[role=option]");
    const stops = [null, ...options];
    point(stops.at((stops.indexOf(active) + step) % stops.length));
  }

  function stop() {
    clearTimeout(timer);
    asking.abort();
  }

  function close() {
    stop();
    show(false);
    said.textContent = "";
  }

  function later() {
    stop();
    point(null);
    if (ENOUGH.test(field.value.trim())) timer = setTimeout(ask, PAUSE);
    else close();
  }

  async function ask() {
    stop();
    const { signal } = (asking = new AbortController());
    try {
      const query = new URLSearchParams({ q: field.value.trim() });
      const answer = await fetch(`${field.dataset.suggest}?${query}`, { signal });
      if (!answer.ok) throw answer;
      list.innerHTML = await answer.text();
    } catch {
      if (!signal.aborted) close();
      return;
    }
    said.textContent = list.firstElementChild.textContent;
    list.firstElementChild.remove();
    const options = list.querySelectorAll("[role=option]");
    for (const [number, option] of options.entries()) set(option, { id: `${id}-${number}` });
    show(options.length > 0);
  }

  async function onArrow(event) {
    const step = event.key === "ArrowDown" ? 1 : -1;
    event.preventDefault();
    if (event.altKey && step < 0) return close();
    if (list.hidden && ENOUGH.test(field.value.trim())) await ask();
    if (!list.hidden && !event.altKey) move(step);
  }

  field.addEventListener("keydown", (event) => {
    // While Chinese is composed the keys belong to the input method; 229 is how Safari says so.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.shiftKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") onArrow(event);
    else if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) point(null);
    else if (event.key === "Enter" && active) {
      event.preventDefault();
      active.click();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault(); // the next one empties the field
      close();
    }
  });
  field.addEventListener("compositionstart", stop);
  field.addEventListener("compositionend", later);
  field.addEventListener("input", (event) => {
    if (!event.isComposing) later();
  });
  field.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    if (event.target.closest("a")) close();
  });
  // The form may have been replaced since: asked for when it is sent.
  document.addEventListener("submit", (event) => {
    if (event.target === field.form) close();
  });
}

for (const field of document.querySelectorAll("input[data-suggest]")) combobox(field);
