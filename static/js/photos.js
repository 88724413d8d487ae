// Photographs of a site on the whole screen: by keys, by swiping and by buttons, with caption and credit
// always there; and one of them closely, with Leaflet, which is loaded when it is asked for. Without this
// script each picture is a link to its file.

const photos = [...document.querySelectorAll("#photos a.photo")];
const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
const TILE = 512; // pixels, as the catalogue stores them
const SWIPE = 48; // CSS pixels, beyond which a finger means the next picture

let dialog = null;
let at = 0;
let zoomed = null;

for (const [number, link] of photos.entries()) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(number);
  });
}

const find = (name) => dialog.querySelector(`.viewer-${name}`);

function open(number) {
  dialog ??= build();
  show(number);
  dialog.showModal();
}

function build() {
  document.body.append(document.getElementById("viewer").content.cloneNode(true));
  const made = document.querySelector("dialog.viewer");
  made.querySelector(".viewer-close").addEventListener("click", () => made.close());
  made.querySelector(".viewer-zoom").addEventListener("click", () => (zoomed ? unzoom() : zoom()));
  for (const [name, step] of [["previous", -1], ["next", 1]]) {
    const button = made.querySelector(`.viewer-${name}`);
    button.hidden = photos.length < 2;
    button.addEventListener("click", () => show(at + step));
  }
  made.addEventListener("keydown", (event) => {
    const forward = getComputedStyle(made).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const backward = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
    if (event.key === "z" && !event.ctrlKey && !event.metaKey) zoomed ? unzoom() : zoom();
    else if (zoomed || photos.length < 2) return; // the arrows move the picture
    else if (event.key === forward) show(at + 1);
    else if (event.key === backward) show(at - 1);
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(photos.length - 1);
    else return;
    event.preventDefault();
  });
  made.addEventListener("close", () => {
    unzoom();
    photos[at].focus({ preventScroll: false });
  });
  swipe(made.querySelector(".viewer-stage"));
  return made;
}

function show(number) {
  unzoom();
  at = (number + photos.length) % photos.length;
  const link = photos[at];
  const picture = (link.querySelector("picture") ?? link.querySelector("img:not(.photo-placeholder)")).cloneNode(true);
  for (const part of [picture, ...picture.querySelectorAll("source, img")]) {
    if (part.hasAttribute("sizes")) part.setAttribute("sizes", "100vw");
    part.removeAttribute("loading");
    part.removeAttribute("class");
  }
  find("stage").replaceChildren(picture);
  const credit = link.closest("figure").querySelector("figcaption").cloneNode(true);
  find("credit").replaceChildren(...credit.childNodes);
  find("count").textContent = `${at + 1} / ${photos.length}`;
}

function swipe(stage) {
  let begun = null;
  stage.addEventListener("pointerdown", (event) => (begun = event.isPrimary ? event : null));
  stage.addEventListener("pointerup", (event) => {
    if (!begun || photos.length < 2) return;
    const [right, down] = [event.clientX - begun.clientX, event.clientY - begun.clientY];
    begun = null;
    if (Math.abs(right) > SWIPE && Math.abs(right) > 2 * Math.abs(down)) show(at + (right < 0 ? 1 : -1));
  });
  stage.addEventListener("dragstart", (event) => event.preventDefault());
  stage.addEventListener("dblclick", zoom);
}

// --- closely -----------------------------------------------------------------------------------------

async function zoom() {
  const link = photos[at];
  const frame = find("zoomed");
  const L = await leaflet();
  if (!dialog.open || photos[at] !== link || zoomed) return;
  frame.hidden = false;
  const [width, height] = [Number(link.dataset.width), Number(link.dataset.height)];
  const map = L.map(frame, {
    crs: L.CRS.Simple,
    attributionControl: false, // the credit stands below
    zoomControl: false,
    zoomSnap: 0.25,
    minZoom: -12,
    maxZoom: 2,
    maxBoundsViscosity: 0.8,
    zoomAnimation: !isStill,
    fadeAnimation: !isStill,
  });
  const bounds = L.latLngBounds([[-height, 0], [0, width]]);
  L.control.zoom({ zoomInTitle: dialog.dataset.in, zoomOutTitle: dialog.dataset.out }).addTo(map);
  addPicture(L, map, link, width, height, bounds);
  map.fitBounds(bounds, { animate: false });
  map.setMinZoom(Math.min(0, map.getZoom()));
  map.setMaxBounds(bounds.pad(0.2));
  map.getContainer().focus();
  zoomed = map;
  find("zoom").setAttribute("aria-pressed", "true");
}

// The tiles that are in view, where the picture has some; zoom 0 is its full size. A tile that fails,
// as in a page that was taken along, means the whole file.
function addPicture(L, map, link, width, height, bounds) {
  const whole = L.imageOverlay(link.href, bounds);
  if (!link.dataset.tiles) return whole.addTo(map);
  const sharper = devicePixelRatio > 1 ? 1 : 0; // levels more than CSS pixels ask for
  const levels = Math.max(0, Math.ceil(Math.log2(Math.max(width, height) / TILE)));
  const Tiles = L.GridLayer.extend({
    createTile(at, done) {
      const factor = 2 ** -(at.z + sharper);
      const [x, y] = [at.x * TILE * factor, at.y * TILE * factor];
      const [across, down] = [Math.min(TILE * factor, width - x), Math.min(TILE * factor, height - y)];
      const size = [Math.ceil(across / factor), Math.ceil(down / factor)];
      const isWhole = across === width && down === height;
      const region = isWhole ? "full" : [x, y, across, down].join();
      const image = new Image();
      image.alt = "";
      image.style.width = `${(100 * size[0]) / TILE}%`;
      image.style.height = `${(100 * size[1]) / TILE}%`;
      image.addEventListener("load", () => done(null, tile));
      image.addEventListener("error", (event) => done(event, tile));
      image.src = `${link.dataset.tiles}/${region}/${isWhole && factor === 1 ? "max" : size.join()}/0/default.jpg`;
      const tile = document.createElement("div");
      tile.append(image);
      return tile;
    },
  });
  const tiles = new Tiles({
    tileSize: TILE / 2 ** sharper,
    bounds,
    minZoom: map.getMinZoom(),
    maxZoom: map.getMaxZoom(),
    minNativeZoom: -levels - sharper,
    maxNativeZoom: -sharper,
  });
  tiles.once("tileerror", () => {
    map.removeLayer(tiles);
    whole.addTo(map);
  });
  tiles.addTo(map);
}

function unzoom() {
  if (!zoomed) return;
  zoomed.remove();
  zoomed = null;
  find("zoomed").hidden = true;
  find("zoom").setAttribute("aria-pressed", "false");
}

let loading = null;

function leaflet() {
  loading ??= new Promise((resolve, reject) => {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = dialog.dataset.style;
    const script = document.createElement("script");
    script.src = dialog.dataset.script;
    script.addEventListener("load", () => resolve(window.L));
    script.addEventListener("error", reject);
    document.head.append(style, script);
  });
  return loading;
}
