"use strict";
// The form of a site: records that may be the same while a name is typed, and the map of the point.
{
  const form = document.getElementById("site_form");
  const similar = document.getElementById("similar");
  const box = document.getElementById("id_coordinates");
  const gcj02 = form?.querySelector("[name=coordinates_gcj02]");
  const base = similar?.dataset.url.replace(/similar\/$/, "");

  const ask = async (path, params) => {
    const query = new URLSearchParams(params);
    if (gcj02?.checked) query.set("gcj02", "1");
    const response = await fetch(`${base}${path}?${query}`);
    return response.ok && !response.redirected ? response.text() : "";
  };

  // --- similar records -------------------------------------------------------------------------

  const names = () => [...form.querySelectorAll("[name^=name__]")].map((each) => each.value.trim()).filter(Boolean);

  const look = async () => {
    const asked = names();
    const params = [...asked.map((name) => ["name", name]), ["point", box?.value ?? ""], ["without", similar.dataset.without]];
    const html = asked.some((name) => name.length > 1) ? await ask("similar/", params) : "";
    if (similar.querySelector("[type=checkbox]")) return; // asked by the server: it stays
    const denied = similar.querySelector("[type=hidden]");
    similar.innerHTML = html;
    if (denied) similar.append(denied);
    similar.hidden = !html.trim();
  };

  // --- the map ---------------------------------------------------------------------------------

  const place = document.getElementById("point-map");
  let km = 40;

  const draw = async (at = "") => {
    place.innerHTML = await ask("point-map/", { point: box.value, at, km, without: similar.dataset.without });
    const sheet = place.querySelector(".point-map-sheet");
    if (!sheet) return;
    put(sheet);
  };

  const put = (sheet) => {
    const { point } = sheet.dataset;
    const mark = sheet.querySelector(".point-mark");
    const map = window.pointMap(sheet);
    const { width, height } = map;
    const at = { x: width / 2, y: height / 2 };

    const show = () => {
      mark.style.insetInlineStart = `${(at.x / width) * 100}%`;
      mark.style.insetBlockStart = `${(at.y / height) * 100}%`;
      mark.classList.toggle("is-set", Boolean(box.value));
    };
    if (point) {
      const [lat, lon] = point.split(",").map(Number);
      [at.x, at.y] = map.at([lon, lat]);
    }
    show();

    const say = () => {
      const [lon, lat] = map.from([at.x, at.y]);
      box.value = `${lat}, ${lon}`;
      if (gcj02) gcj02.checked = false; // the map is true
      mark.classList.add("is-set");
      box.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const move = (x, y) => {
      at.x = Math.min(width, Math.max(0, x));
      at.y = Math.min(height, Math.max(0, y));
      show();
      say();
    };
    const drag = (event) => move(...map.pixel(event));
    sheet.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      mark.focus();
      sheet.setPointerCapture(event.pointerId);
      drag(event);
      sheet.addEventListener("pointermove", drag);
    });
    for (const end of ["pointerup", "pointercancel"])
      sheet.addEventListener(end, () => sheet.removeEventListener("pointermove", drag));
    mark.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? 1 : 12;
      const [x, y] = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key] ?? [];
      if (x === undefined) return;
      event.preventDefault();
      move(at.x + x, at.y + y);
    });
  };

  if (form && similar) {
    const lookSoon = window.recordForm.debounced(look, 350);
    form.addEventListener("input", (event) => {
      if (event.target.name?.startsWith("name__") || event.target === box) lookSoon();
    });
    if (names().length && !similar.dataset.without) look();
  }
  if (box && place) {
    const drawSoon = window.recordForm.debounced(() => draw(), 500);
    let isOnMap = false;
    box.addEventListener("input", (event) => {
      if (event.isTrusted) drawSoon();
    });
    gcj02?.addEventListener("change", () => draw());
    place.addEventListener("click", (event) => {
      const button = event.target.closest("[data-km]:is(button)");
      if (!button) return;
      km = button.dataset.km;
      draw();
    });
    place.hidden = false; // its room is there before the map is: nothing moves while somebody reads
    const seen = new IntersectionObserver(([entry]) => {
      if (!entry.isIntersecting || isOnMap) return;
      isOnMap = true;
      seen.disconnect();
      draw();
    });
    seen.observe(box);
  }
}

// The rings beside the sections say what is missing as it is typed, and in a form that came back with errors.
{
  const rings = [...document.querySelectorAll(".is-missing")];
  const isThere = (anchor) => {
    const at = document.getElementById(anchor);
    if (at?.matches(".record-rows")) {
      const lines = at.querySelectorAll(".record-line:not(:has([name]))").length;
      const typed = [...at.querySelectorAll("[name$='-date'], [name$='-first_era']")].some((control) => control.value);
      return typed || Boolean(at.querySelector("[name$='-published']:checked")) || (lines ? undefined : false);
    }
    return Boolean(at?.value?.trim());
  };
  const update = () => {
    for (const ring of rings) {
      const missing = [];
      for (const item of ring.querySelectorAll("[data-anchor]")) {
        const there = isThere(item.dataset.anchor);
        if (there !== undefined) item.hidden = there; // of rows that are not open the page knows only what is stored
        if (!item.hidden) missing.push(item.textContent);
      }
      ring.hidden = !missing.length;
      ring.title = `${ring.dataset.word} ${missing.join(document.documentElement.lang.startsWith("zh") ? "、" : ", ")}`;
    }
  };
  document.getElementById("site_form")?.addEventListener("input", update);
  window.django?.jQuery(document).on("change", "#site_form :input", update);
  update();
}
