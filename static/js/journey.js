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
  const rows = Object.entries(all.lists).map(([name, kept]) => {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.href = window.keptSites.address(kept, name);
    link.textContent = name || dataset.unnamed;
    row.append(link, ` · ${dataset.stops} ${kept.length} `);
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

// A stop that is dragged onto another takes its place.
let dragged = null;
for (const stop of stops) {
  stop.draggable = true;
  stop.addEventListener("dragstart", (event) => {
    dragged = stop;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", stop.dataset.uid);
  });
  stop.addEventListener("dragover", (event) => {
    if (dragged && dragged !== stop) event.preventDefault();
  });
  stop.addEventListener("drop", (event) => {
    event.preventDefault();
    const uids = stops.map((each) => each.dataset.uid);
    const to = uids.indexOf(stop.dataset.uid);
    uids.splice(to, 0, ...uids.splice(uids.indexOf(dragged.dataset.uid), 1));
    const address = new URL(location.href);
    address.searchParams.set("order", "hand");
    address.searchParams.delete("stop");
    location.href = `${address.pathname}?stop=${uids.join("~")}&${address.searchParams}`;
  });
}

// keep.js comes after this script.
addEventListener("DOMContentLoaded", () => {
  if (!window.keptSites) return;
  lists.hidden = false;
  draw();
});
