// Leaflet moves the map of a list; the server draws and counts. Without this script links move it.

const L = window.L;
const PAPER = 640; // pixels of the map on paper, as map.css has it
const WAIT = 120; // milliseconds after a movement, as more may follow
const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
let live = null;
let isEmbedded = false; // in a page of others
let isShifted = false; // see gcj02.js

start();

function start() {
  const root = document.getElementById("map");
  if (!root || !L) return;
  const frame = root.querySelector(".map-live");
  const scale = root.querySelector(".map-scale");
  frame.after(scale);
  root.querySelector(".map-still").hidden = true;
  root.querySelector(".map-steps").hidden = true;
  frame.hidden = false;
  frame.dir = "ltr";
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", root.dataset.label);
  const [latitude, longitude, zoom] = root.dataset.at.split(",").map(Number);
  let first = zoom + 1;
  if (!new URLSearchParams(location.search).has("at")) first = firstZoom(root, frame, first);
  isShifted = "gcj02" in root.dataset;
  isEmbedded = "embedded" in root.dataset;
  const map = L.map(frame, {
    attributionControl: false, // the credit stands below
    zoomControl: false,
    minZoom: Math.min(1, first),
    maxZoom: 16,
    zoomSnap: 0, // for the first view alone
    worldCopyJump: true,
    maxBoundsViscosity: 1,
    scrollWheelZoom: false, // not before it has the focus
    zoomAnimation: !isStill,
    fadeAnimation: !isStill,
  }).setView(drawn([latitude, longitude]), first);
  map.options.zoomSnap = 1;
  L.control.zoom({ zoomInTitle: root.dataset.in, zoomOutTitle: root.dataset.out }).addTo(map);
  live = { root, map, scale, marks: L.layerGroup().addTo(map), asked: null, moved: false };
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  map.on("moveend", () => {
    clearTimeout(live.wait);
    live.wait = setTimeout(refresh, WAIT);
  });
  map.on("dragstart zoomstart keydown", () => {
    live.moved = true;
  });
  // A plus sign is often typed with Shift, with which Leaflet would zoom three times.
  frame.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "+" && event.key !== "-") return;
      event.preventDefault();
      event.stopPropagation();
      live.moved = true;
      if (event.key === "+") map.zoomIn(1);
      else map.zoomOut(1);
    },
    true,
  );
  // On paper stands what the screen shows, and no more of the world without its marks.
  addEventListener("beforeprint", () => {
    const { clientWidth: width, clientHeight: height } = frame;
    Object.assign(frame.style, { width: `${width}px`, height: `${height}px`, zoom: PAPER / width });
  });
  addEventListener("afterprint", () => Object.assign(frame.style, { width: "", height: "", zoom: "" }));
  nearMe(root, map);
  if (root.dataset.layers) layTiles(JSON.parse(root.dataset.layers));
  else layOwnTiles();
  refresh();
}

// The server knows no screen. What it meant to show is shown whole: the world as large as there is
// room, all else at a zoom of the tiles.
function firstZoom(root, frame, most) {
  const [width, height] = root.dataset.needs.split("x");
  const fit = most + Math.log2(Math.min(frame.clientWidth / width, frame.clientHeight / height));
  return most === 1 || fit < 1 ? fit : Math.min(most, Math.floor(fit + 0.1));
}

function layOwnTiles() {
  layTile(live.root.dataset.tiles, { tileSize: 512, zoomOffset: -1, minNativeZoom: 1 });
}

function layTile(url, options) {
  const layer = L.tileLayer(url, options).addTo(live.map);
  // A tile that failed is asked for again.
  layer.on("tileerror", ({ tile }) => {
    const { src } = tile;
    const again = () => {
      if (tile.isConnected && !tile.naturalWidth) tile.src = src;
    };
    tile.wait = 2 * (tile.wait ?? 500);
    setTimeout(again, tile.wait);
    addEventListener("online", again, { once: true });
  });
  return layer;
}

function layTiles(layers) {
  const { root, map } = live;
  const laid = layers.map(({ url, ...options }, number) =>
    layTile(url, { ...options, zIndex: number + 1 }),
  );
  credit(root, true);
  let isThere = false;
  laid[0].on("tileload", () => {
    isThere = true;
  });
  // Where none comes our own map is better than none.
  laid[0].once("load", () => {
    if (isThere) return;
    for (const layer of laid) layer.remove();
    const middle = center(map);
    isShifted = false;
    credit(root, false);
    layOwnTiles();
    map.setView(middle, map.getZoom(), { animate: false });
    refresh();
  });
}

function credit(root, isOfLayers) {
  root.querySelector(".map-credit-own").hidden = isOfLayers;
  root.querySelector(".map-credit-layers").hidden = !isOfLayers;
}

// Where a point is drawn, and the point in the middle of the map.
function drawn(point) {
  return isShifted ? window.gcj02.to(point) : point;
}

function center(map) {
  const { lat, lng } = map.getCenter().wrap();
  return isShifted ? window.gcj02.from([lat, lng]) : [lat, lng];
}

async function refresh() {
  const { root, map, marks, scale } = live;
  const [latitude, longitude] = center(map);
  const zoom = Math.max(0, Math.round(map.getZoom()) - 1); // of the tiles
  const digits = zoom < 7 ? 2 : 4;
  const at = `${latitude.toFixed(digits)},${longitude.toFixed(digits)},${zoom}`;
  const size = map.getSize();
  if (live.moved) {
    const address = new URL(location.href);
    address.searchParams.set("at", at);
    history.replaceState(history.state, "", `?${readable(address.searchParams)}`);
  }
  for (const link of root.querySelectorAll("[data-shown]")) {
    const address = new URL(link.href);
    address.searchParams.set("at", at);
    link.setAttribute("href", `${address.pathname}?${readable(address.searchParams)}`);
  }
  frameCode(root);
  const url = new URL(root.dataset.url, location.href);
  url.searchParams.set("at", at);
  url.searchParams.set("size", `${Math.round(size.x)}x${Math.round(size.y)}`);
  url.searchParams.set("scale", 2 ** (map.getZoom() - 1 - zoom));
  url.searchParams.set("known", root.dataset.known);
  live.asked?.abort();
  const asked = (live.asked = new AbortController());
  root.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(url, { signal: asked.signal });
    if (!response.ok) throw new Error(response.status);
    const data = await response.json();
    if (live.asked !== asked) return;
    const [share, label] = data.scale;
    scale.firstChild.setAttribute("width", `${share}%`);
    scale.lastChild.data = label;
    scale.hidden = false;
    marks.clearLayers();
    beyond(map, marks);
    for (const point of data.parts) part(point, map).addTo(marks);
    for (const each of data.marks) if (each.boundary) boundary(each.boundary, map).addTo(marks);
    for (const each of data.marks) mark(each, data, map).addTo(marks);
    if (!isEmbedded) {
      root.querySelector(".map-counts").innerHTML = data.counts;
      if (data.found !== undefined) root.querySelector(".map-found").innerHTML = data.found;
      root.dataset.known = data.tag;
      root.querySelector(".map-area").setAttribute("href", data.area);
    }
    root.querySelector(".map-streets").hidden = !data.isOfStreets;
    const status = document.getElementById("live");
    if (status && live.moved) status.textContent = data.inView;
    root.dataset.drawn = at;
  } catch (error) {
    if (error.name === "AbortError") return;
    root.dataset.failed = "";
    scale.hidden = true;
    addEventListener("online", refresh, { once: true });
  } finally {
    if (live.asked === asked) root.removeAttribute("aria-busy");
  }
}

function frameCode(root) {
  const code = root.querySelector(".map-code");
  if (!code) return;
  code.hidden = false;
  const frame = document.createElement("iframe");
  frame.src = root.querySelector(".map-alone").href;
  frame.title = document.title;
  frame.width = "100%";
  frame.height = "480";
  frame.loading = "lazy";
  code.querySelector("input").value = frame.outerHTML;
}

// Commas stay, for people.
function readable(parameters) {
  return parameters.toString().replaceAll("%2C", ",");
}

// On that side of 180° on which the map is.
function place(point, map) {
  const [latitude, longitude] = drawn(point);
  const turns = Math.round((map.getCenter().lng - longitude) / 360);
  return [latitude, longitude + 360 * turns];
}

// Where the world is narrower than the map, it is seen once.
function beyond(map, marks) {
  if (256 * 2 ** map.getZoom() + 1 > map.getSize().x) return;
  const { lng } = map.getCenter();
  for (const side of [-1, 1]) {
    const corners = [[-86, lng + 180 * side], [86, lng + 540 * side]];
    L.rectangle(corners, { className: "map-beyond", interactive: false }).addTo(marks);
  }
}

function part(point, map) {
  return L.circleMarker(place(point, map), {
    radius: 3.5,
    className: "map-part",
    interactive: false,
  });
}

function boundary(rings, map) {
  const points = rings.map((ring) => ring.map((point) => place(point, map)));
  return L.polygon(points, { className: "map-boundary", interactive: false });
}

function mark(each, data, map) {
  const at = place(each.at, map);
  if (each.kind === "site") return site(each, at, data.hasCovers, map);
  const side = 2 * each.r;
  const icon = L.divIcon({
    className: `map-pin map-pin-${each.kind}`,
    html: text(each.number),
    iconSize: [side, side],
  });
  const marker = L.marker(at, { icon, keyboard: false, title: each.label, alt: each.label });
  return marker.on("click", () => {
    live.moved = true;
    const closer = new URL(each.href, location.href).searchParams.get("at");
    if (!closer) return isEmbedded ? window.open(each.href, "_blank", "noopener") : location.assign(each.href);
    const [latitude, longitude, zoom] = closer.split(",").map(Number);
    map.setView(place([latitude, longitude], map), zoom + 1);
  });
}

function site(each, at, hasCovers, map) {
  const words = { keyboard: false, title: each.label, alt: each.label };
  let shown;
  if (each.km !== undefined) {
    // As large as the doubt is, and never so small that it seems a point.
    const isSmall = each.r <= 9;
    shown = isSmall
      ? L.circleMarker(at, { radius: 9, className: "map-blur" })
      : L.circle(at, { radius: each.km * 1000, className: "map-blur" });
  } else if (hasCovers && each.cover) {
    const picture = document.createElement("img");
    picture.src = each.cover;
    picture.alt = "";
    const icon = L.divIcon({ className: "map-pin map-pin-cover", html: picture, iconSize: [44, 44] });
    shown = L.marker(at, { icon, ...words });
  } else {
    const icon = L.divIcon({ className: "map-pin map-pin-site", iconSize: [24, 24] });
    shown = L.marker(at, { icon, ...words });
  }
  if (each.name) {
    const [direction, ...offset] = each.beside; // where the server found room
    const look = { permanent: true, direction, offset, className: "map-name", opacity: 1 };
    shown.bindTooltip(text(each.name), look);
  }
  return shown.bindPopup(() => card(each), { minWidth: 180, maxWidth: 220 });
}

function card(each) {
  const listed = [...live.root.querySelectorAll(".map-list .card")].find((card) =>
    card.querySelector(`a[href="${each.href}"]`),
  );
  if (listed) {
    const copy = document.createElement("div");
    copy.className = "map-card";
    copy.innerHTML = listed.innerHTML;
    for (const twin of copy.querySelectorAll("[id]")) twin.removeAttribute("id");
    return copy;
  }
  const link = document.createElement("a");
  link.href = each.href;
  link.className = "map-card";
  if (each.cover) {
    const picture = document.createElement("img");
    picture.src = each.cover;
    picture.alt = "";
    picture.width = picture.height = 180;
    link.append(picture);
  }
  link.append(text(each.label));
  return link;
}

function text(words) {
  const span = document.createElement("span");
  span.textContent = words;
  return span;
}

function nearMe(root, map) {
  const button = root.querySelector(".map-here");
  if (isEmbedded || !isSecureContext || !("geolocation" in navigator)) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.disabled = false;
        live.moved = true;
        map.setView(drawn([coords.latitude, coords.longitude]), 12);
      },
      () => {
        button.disabled = false;
        root.querySelector(".map-said-here").textContent = button.dataset.refused;
      },
      { maximumAge: 600_000, timeout: 15_000 },
    );
  });
}
