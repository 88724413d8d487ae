// The page of a journey: lists that stay in this browser, and stops moved by hand.

const lists = document.getElementById("lists");
const { dataset } = lists;
const said = lists.querySelector(".lists-said");
const stops = [...document.querySelectorAll(".stop")];

function tell(text) {
  said.textContent = text;
}

function change(how) {
  const all = window.keptSites.read();
  how(all);
  if (!all.lists[all.current]) all.current = Object.keys(all.lists)[0] ?? "";
  all.lists[all.current] ??= [];
  const isKept = window.keptSites.write(all);
  if (!isKept) tell(dataset.full);
  window.keptSites.draw();
  draw();
  return isKept;
}

function free(all, name) {
  while (name in all.lists) name += ` ${dataset.copied}`;
  return name;
}

function button(label, name, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button-quiet";
  made.textContent = label;
  made.setAttribute("aria-label", `${label}: ${name || dataset.unnamed}`);
  made.addEventListener("click", act);
  return made;
}

function draw() {
  const all = window.keptSites.read();
  const shown = Object.entries(all.lists).filter(([name, kept]) => name || kept.length);
  const rows = shown.map(([name, kept]) => {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.href = window.keptSites.address(kept, name);
    link.textContent = name || dataset.unnamed;
    row.append(link, ` · ${dataset.stops} ${kept.length} · `);
    if (name === all.current) row.append(dataset.used, " ");
    else row.append(button(dataset.use, name, () => change((now) => { now.current = name; })), " ");
    row.append(
      button(dataset.copy, name, () => change((now) => { now.lists[free(now, name)] = [...kept]; })), " ",
      button(dataset.delete, name, () => change((now) => { delete now.lists[name]; })),
    );
    return row;
  });
  lists.querySelector(".lists-all").replaceChildren(...rows);
}

lists.querySelector("form")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const name = event.target.elements.list.value.trim();
  const kept = stops.map((stop) => [stop.dataset.uid, stop.querySelector(".stop-name").textContent.trim()]);
  if (change((all) => { all.lists[name] = kept; all.current = name; })) tell(dataset.saved);
});

// Stops are moved by a handle: dragged by mouse or finger, or with the arrow keys.
const EDGE = 90; // pixels at the edge of the window where the page scrolls while one drags

function moved(stop, target, isAfter) {
  const uids = stops.map((each) => each.dataset.uid).filter((uid) => uid !== stop.dataset.uid);
  uids.splice(uids.indexOf(target.dataset.uid) + isAfter, 0, stop.dataset.uid);
  const address = new URL(location.href);
  address.searchParams.set("order", "hand");
  address.searchParams.delete("stop");
  location.href = `${address.pathname}?stop=${uids.join("~")}&${address.searchParams}#${stop.id}`;
}

function makeMovable(stop) {
  const name = stop.querySelector(".stop-name").textContent.trim();
  const handle = document.createElement("button");
  let target = null;
  handle.type = "button";
  handle.className = "stop-handle";
  handle.textContent = "⠿";
  handle.setAttribute("aria-label", `${dataset.move} ${name}`);
  handle.addEventListener("keydown", (event) => {
    const link = { ArrowUp: ".stop-earlier", ArrowDown: ".stop-later" }[event.key];
    if (!link) return;
    event.preventDefault();
    stop.querySelector(link)?.click();
  });
  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    stop.classList.add("is-dragged");
  });
  handle.addEventListener("pointermove", ({ pointerId, clientY }) => {
    if (!handle.hasPointerCapture(pointerId)) return;
    if (clientY < EDGE) scrollBy(0, -16);
    else if (clientY > innerHeight - EDGE) scrollBy(0, 16);
    mark(null);
    for (const each of stops) {
      const { top, bottom } = each.getBoundingClientRect();
      if (each !== stop && top <= clientY && clientY < bottom) mark(each, clientY > (top + bottom) / 2);
    }
  });
  handle.addEventListener("pointerup", () => { if (target) moved(stop, target, target.dataset.drop === "after"); });
  handle.addEventListener("lostpointercapture", () => {
    stop.classList.remove("is-dragged");
    mark(null);
  });
  stop.querySelector(".stop-tools").prepend(handle);

  function mark(other, isAfter) {
    if (target) delete target.dataset.drop;
    target = other;
    if (target) target.dataset.drop = isAfter ? "after" : "before";
  }
}

stops.forEach(makeMovable);
// The browser itself takes the focus away when it goes to the fragment.
addEventListener("load", () => setTimeout(() => {
  if (location.hash.startsWith("#stop-")) document.getElementById(location.hash.slice(1))?.querySelector(".stop-handle")?.focus();
}));

// keep.js comes after this script.
addEventListener("DOMContentLoaded", () => {
  if (!window.keptSites) return;
  lists.hidden = false;
  draw();
});
