// A journey taken along: its page, those of its sites and what they show are put away in this browser,
// each journey in a cache of its own, so that it can be read without a network. Only when asked.

const section = document.getElementById("along");
const { dataset } = section;
const mine = `along ${dataset.address}`;
const said = section.querySelector(".along-said");
const TIMES = 6; // that a busy server is asked
const HEADERS = ["content-type", "content-disposition", "content-security-policy", "referrer-policy", "x-content-type-options"];
const SHOWN = "link[rel=stylesheet], link[rel=icon], script[src], .stop-cover, .map-sheet img, .site-picture > img, .handscroll img";
const STORED = "x-taken-along"; // of an answer that is no longer the server's
const ABOUT = `${dataset.worker}?about`; // the entry that says what a cache holds

function button(label, act, name = "") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button-quiet";
  made.textContent = label;
  if (name) made.setAttribute("aria-label", `${label}: ${name}`);
  made.addEventListener("click", act);
  return made;
}

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function when(time) {
  return new Date(time).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
}

// The server's own answer; a busy one is asked again.
async function asked(address) {
  for (let times = 1; ; times += 1) {
    const answer = await fetch(address);
    if (answer.ok && !answer.headers.has(STORED)) return answer;
    if (answer.status !== 503 || times === TIMES) throw new Error(`${answer.status} ${address}`);
    await new Promise((go) => setTimeout(go, 1_000 * times));
  }
}

// Three at a time: a phone is quick enough with it, and so is the server for others.
async function forEach(list, act) {
  const waiting = [...list];
  const next = async () => { while (waiting.length) await act(waiting.shift()); };
  await Promise.all([next(), next(), next()]);
}

// What an address answers, compressed; of a page with a note at its head, and what it shows.
async function packed(address, note = "") {
  const answer = await asked(address);
  const headers = new Headers(HEADERS.filter((name) => answer.headers.has(name)).map((name) => [name, answer.headers.get(name)]));
  headers.set(STORED, "1");
  let body = answer.body;
  let shown = [];
  if (answer.headers.get("content-type").startsWith("text/html")) {
    const line = document.createElement("p");
    line.className = "notice along-note";
    line.textContent = note;
    const html = (await answer.text()).replace(/<main[^>]*>/, (tag) => tag + line.outerHTML);
    const page = new DOMParser().parseFromString(html, "text/html");
    shown = [...page.querySelectorAll(SHOWN)].map((at) => new URL(at.getAttribute("src") ?? at.getAttribute("href"), location).href);
    body = new Blob([html]).stream();
  }
  return { headers, shown, blob: await new Response(body.pipeThrough(new CompressionStream("gzip"))).blob() };
}

async function takeAlong() {
  say(dataset.taking);
  const at = Date.now();
  const note = filled(dataset.note, { when: when(at) });
  const found = new Map();
  let left = 0;
  const get = (words) => async (address) => {
    found.set(address, await packed(address, words));
    say(`${dataset.taking} ${left -= 1}`);
  };
  const links = [...document.querySelectorAll(".stop-name a, .carry a[href]")].map((link) => link.href);
  try {
    await navigator.serviceWorker.register(dataset.worker);
    const here = location.href.split("#")[0];
    left = links.length + 1;
    await forEach([here, ...links], get(note));
    found.set(new URL(dataset.address, here).href, found.get(here));
    const elsewhere = await packed(dataset.journeys, filled(dataset.elsewhere, { when: when(at) }));
    found.set(`${dataset.worker}?elsewhere`, elsewhere);
    const shown = new Set([...found.values()].flatMap((each) => each.shown).filter((each) => each.startsWith(location.origin)));
    left = shown.size;
    await forEach(shown, get());
    await caches.delete(mine);
    const cache = await caches.open(mine);
    for (const [address, { blob, headers }] of found) await cache.put(address, new Response(blob, { headers }));
    const bytes = [...found.values()].reduce((sum, { blob }) => sum + blob.size, 0);
    const title = document.querySelector("h1").textContent.trim();
    await cache.put(ABOUT, Response.json({ title, at, bytes, version: dataset.version, address: dataset.address }));
    await navigator.serviceWorker.ready;
    say(dataset.taken);
  } catch (problem) {
    console.warn(problem);
    say(dataset.failed);
  }
  await draw();
}

async function remove(name) {
  await caches.delete(name);
  if (!(await all()).length) await (await navigator.serviceWorker.getRegistration(dataset.worker))?.unregister();
  say(dataset.removed);
  await draw();
}

function say(text) {
  said.textContent = text;
}

async function all() {
  const names = (await caches.keys()).filter((name) => name.startsWith("along "));
  const read = async (name) => ({ name, ...(await (await (await caches.open(name)).match(ABOUT))?.json()) });
  return Promise.all(names.map(read));
}

async function draw() {
  const rows = (await all()).map((each) => {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.href = each.address ?? "";
    link.textContent = each.title ?? each.name;
    const isHere = each.name === mine;
    const isOld = isHere && each.version !== dataset.version;
    const words = filled(dataset.row, { when: when(each.at), size: Math.ceil(each.bytes / 1000) });
    row.append(isHere ? dataset.here : link, ` · ${words} `);
    if (isOld) row.append(dataset.old, " ", button(dataset.again, takeAlong), " ");
    row.append(button(dataset.remove, () => remove(each.name), each.title));
    row.dataset.state = isOld ? "old" : "current";
    return [isHere, row];
  });
  section.querySelector(".along-all").replaceChildren(...rows.map(([, row]) => row));
  const take = section.querySelector(".along-take");
  if (take) take.hidden = rows.some(([isHere]) => isHere);
}

if (window.isSecureContext && navigator.serviceWorker && window.CompressionStream) {
  section.querySelector(".along-take")?.addEventListener("click", takeAlong);
  await draw();
} else {
  section.querySelector(".along-take")?.remove();
  say(dataset.never);
}
section.hidden = false;
