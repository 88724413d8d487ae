// The timeline under the hand: keys, wheel and drag move and zoom it, the red line is drawn to a year.
// Each of them is a new address, of which the server draws the scroll and the list below it; without
// this script links do the same.

const EARLIEST = -5_000_000; // astronomical years, as the server counts
const isYearPage = !document.getElementById("timeline");
let asked = null;
let waiting = 0;

start();

function start() {
  const frame = document.getElementById("scroll");
  if (!frame) return;
  document.documentElement.classList.add("live");
  center(frame);
  frame.addEventListener("pointerdown", (event) => take(event, frame));
  if (isYearPage) return;
  frame.addEventListener("keydown", (event) => key(event, frame));
  frame.addEventListener("wheel", (event) => wheel(event, frame), { passive: false });
  const timeline = document.getElementById("timeline");
  timeline.querySelector(".timeline-steps").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(new URL(link.href));
  });
}

// On a screen that shows only a part of the sheet, the part around the red line.
function center(frame) {
  const red = frame.querySelector(".scroll-red path");
  if (!red || frame.scrollWidth <= frame.clientWidth) return;
  const [line, box] = [red.getBoundingClientRect(), frame.getBoundingClientRect()];
  frame.scrollLeft += line.left - (box.left + box.width / 2);
}

// --- years and pixels -------------------------------------------------------------------------

function knots(frame) {
  return frame.dataset.knots.split(" ").map((pair) => pair.split(":").map(Number));
}

// Beyond the ends a pixel is as many years as at the end.
function yearAt(x, frame) {
  const points = knots(frame);
  const isMirrored = points[0][0] > points.at(-1)[0];
  let place = 1;
  while (place < points.length - 1 && (isMirrored ? x < points[place][0] : x > points[place][0])) place += 1;
  const [[x0, year0], [x1, year1]] = [points[place - 1], points[place]];
  return Math.floor(year0 + ((year1 - year0) * (x - x0)) / (x1 - x0));
}

function pixels(event, frame) {
  const sheet = frame.querySelector("svg");
  const box = sheet.getBoundingClientRect();
  return ((event.clientX - box.left) / box.width) * sheet.viewBox.baseVal.width;
}

function historical(year) {
  return year <= 0 ? year - 1 : year;
}

function ends(frame) {
  const points = knots(frame);
  return [points[0][0], points.at(-1)[0]];
}

// The scroll moved by a share of its width, or nearer around a place, farther with a share above 1.
function moved(frame, share) {
  const [start, end] = ends(frame);
  const by = (end - start) * share;
  return [yearAt(start + by, frame), yearAt(end + by, frame) - 1];
}

function zoomed(frame, share, at) {
  const [start, end] = ends(frame);
  return [yearAt(at + (start - at) * share, frame), yearAt(at + (end - at) * share, frame) - 1];
}

// --- the hand ---------------------------------------------------------------------------------

function key(event, frame) {
  if (event.target !== frame || event.ctrlKey || event.metaKey || event.altKey) return;
  const [start, end] = ends(frame);
  const isMirrored = start > end;
  const middle = (start + end) / 2;
  const to = {
    ArrowLeft: () => moved(frame, isMirrored ? 0.25 : -0.25),
    ArrowRight: () => moved(frame, isMirrored ? -0.25 : 0.25),
    "+": () => zoomed(frame, 0.5, middle),
    "-": () => zoomed(frame, 2, middle),
  }[event.key];
  if (!to) return;
  event.preventDefault();
  go(...to());
}

function wheel(event, frame) {
  // Not before the reader has taken hold of the scroll: the page scrolls, too.
  if (document.activeElement !== frame || Math.abs(event.deltaY) < Math.abs(event.deltaX)) return;
  event.preventDefault();
  if (waiting) return;
  waiting = setTimeout(() => (waiting = 0), 250);
  go(...zoomed(frame, event.deltaY < 0 ? 0.6 : 1.6, pixels(event, frame)));
}

function take(event, frame) {
  if (event.button) return;
  const red = event.target.closest(".scroll-red");
  if (red) return drawRed(event, frame, red);
  // A finger pushes the sheet within its frame; where nothing is left to push, it moves the years.
  const isPushed = event.pointerType === "touch" && frame.scrollWidth > frame.clientWidth + 1;
  if (isYearPage || isPushed) return;
  const from = pixels(event, frame);
  let by = 0;
  follow(
    event,
    (each) => (by = pixels(each, frame) - from),
    () => {
      if (Math.abs(by) < 6) return;
      const [start, end] = ends(frame);
      go(yearAt(start - by, frame), yearAt(end - by, frame) - 1);
    },
    () => Math.abs(by) >= 6,
  );
}

function drawRed(event, frame, red) {
  const flag = red.querySelector("text");
  const from = pixels(event, frame);
  const at = Number(flag.getAttribute("x"));
  const [low, high] = ends(frame).sort((a, b) => a - b);
  let year = null;
  event.preventDefault();
  follow(
    event,
    (each) => {
      const x = Math.min(high, Math.max(low, at + pixels(each, frame) - from));
      if (year === null && Math.abs(x - at) < 3) return;
      year = Math.max(historical(yearAt(x, frame)), -10_000);
      year = Math.min(year, new Date().getFullYear());
      red.querySelector("path").setAttribute("transform", `translate(${x - at} 0)`);
      flag.setAttribute("x", x);
      flag.textContent = year;
    },
    () => {
      if (year !== null) location.assign(red.getAttribute("href").replace(/-?\d+\/$/, `${year}/`));
    },
    () => year !== null,
  );
}

// Until the hand lets go; what it dragged is not clicked.
function follow(event, move, end, isDragged) {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  addEventListener("pointermove", move, options);
  addEventListener("pointercancel", () => stop.abort(), options);
  addEventListener("dragstart", (each) => each.preventDefault(), options);
  addEventListener(
    "pointerup",
    () => {
      stop.abort();
      if (!isDragged()) return;
      addEventListener("click", (each) => each.preventDefault(), { capture: true, once: true });
      setTimeout(() => dispatchEvent(new Event("click", { cancelable: true })), 60);
      end();
    },
    options,
  );
}

// --- a new address ----------------------------------------------------------------------------

function go(first, last) {
  const latest = Math.max(new Date().getFullYear(), Number(document.getElementById("scroll").dataset.last));
  const years = [Math.max(first, EARLIEST), Math.min(last, latest)];
  if (years[1] - years[0] < 2) return;
  const address = new URL(location.href);
  address.searchParams.set("at", years.map(historical).join(".."));
  show(address);
}

async function show(address) {
  const frame = document.getElementById("scroll");
  asked?.abort();
  const mine = (asked = new AbortController());
  frame.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { headers: { "HX-Request": "true" }, signal: mine.signal });
    if (!response.ok) throw new Error(response.status);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (asked !== mine) return;
    const fresh = page.getElementById("timeline");
    if (!fresh) return location.assign(address);
    const hadFocus = document.activeElement === frame;
    document.getElementById("timeline").replaceWith(fresh);
    history.replaceState(history.state, "", new URL(response.url).search || location.pathname);
    document.getElementById("live").textContent = fresh.querySelector(".map-in-view").textContent;
    start();
    if (hadFocus) document.getElementById("scroll").focus({ preventScroll: true });
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
  }
}
