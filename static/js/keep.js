// Kept sites: a folded corner on cards and pages, and a strip at the foot. They stay in this browser.

const KEY = "heritage.journeys";
const MOST = 60;
const COMPARED = 4; // at most, the first of the list
const strip = document.getElementById("kept");

function read() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY));
    if (found?.lists?.[found.current]) return found;
  } catch { /* storage is closed, or somebody else's */ }
  return { current: "", lists: { "": [] } };
}

function write(all) {
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
    return true;
  } catch {
    return false;
  }
}

function address(stops, name = "") {
  const query = new URLSearchParams(name && { name });
  return `${strip.dataset.url}?stop=${stops.map(([uid]) => uid).join("~")}${name && `&${query}`}`;
}

function nameOf(article) {
  return article.querySelector(".card-name a, h1")?.textContent.trim() ?? "";
}

function draw() {
  const all = read();
  const kept = all.lists[all.current];
  const uids = new Set(kept.map(([uid]) => uid));
  for (const article of document.querySelectorAll("article[data-uid]")) {
    let button = article.querySelector(".keep");
    if (!button) {
      button = document.createElement("button");
      button.type = "button";
      button.className = "keep";
      button.setAttribute("aria-label", `${strip.dataset.keep} ${nameOf(article)}`);
      button.addEventListener("click", () => turn(article));
      article.append(button);
    }
    const pressed = String(uids.has(article.dataset.uid));
    if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
  }
  strip.hidden = !kept.length;
  const [link, compare, names] = strip.children;
  const label = `${all.current || strip.dataset.label} (${kept.length})`;
  if (link.textContent !== label) link.textContent = label;
  link.href = address(kept, all.current);
  compare.hidden = kept.length < 2;
  compare.search = `site=${kept.slice(0, COMPARED).map(([uid]) => uid).join("~")}`;
  names.textContent = kept.map(([, name]) => name).join(" · ");
}

function turn(article) {
  const all = read();
  const kept = all.lists[all.current];
  const at = kept.findIndex(([uid]) => uid === article.dataset.uid);
  if (at >= 0) kept.splice(at, 1);
  else if (kept.length < MOST) kept.push([article.dataset.uid, nameOf(article)]);
  write(all);
  draw();
}

// What somebody has said to hold still is not asked of them again.
const HELD = "heritage.held";

function held() {
  try {
    return JSON.parse(localStorage.getItem(HELD)) ?? [];
  } catch {
    return [];
  }
}

for (const link of document.querySelectorAll("a[data-holds]")) link.hidden = held().includes(link.dataset.holds);
document.querySelector("form[data-holds]")?.addEventListener("submit", ({ target }) => {
  try {
    localStorage.setItem(HELD, JSON.stringify([...new Set([...held(), target.dataset.holds])]));
  } catch { /* then it is asked again */ }
});

if (strip) {
  window.keptSites = { read, write, address, draw };
  draw();
  new MutationObserver(draw).observe(document.getElementById("main"), { childList: true, subtree: true });
  addEventListener("storage", draw);
}
