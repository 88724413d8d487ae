"use strict";
// The boundary of a site: drawn and changed on the map, which writes the text above it. The server
// reads the text, says what it encloses or what is wrong with it, and draws the ground of the map.
{
  const place = document.querySelector(".boundary-map");
  const box = place && document.getElementsByName(place.dataset.name)[0];
  const form = box?.form;

  const begin = () => {
    const words = place.dataset;
    const fold = place.closest(".boundary-fold");
    const ground = place.querySelector(".boundary-place");
    const status = place.querySelector(".boundary-status");
    const button = (what) => place.querySelector(`[data-do=${what}]`);
    let polygons = []; // of rings of [longitude, latitude], none repeated at its end
    let history = []; // what was before each step
    let isDrawing = false;
    let sheet = null;
    let last = null; // the ring and the number of the point that was touched last
    let view = {}; // the middle and the width of the map; nothing: all of it

    // --- the text ------------------------------------------------------------------------------

    const rings = () => polygons.flat();
    const count = () => rings().reduce((sum, ring) => sum + ring.length, 0);
    const closed = (ring) => [...ring, ring[0]];

    const text = () => {
      if (!count()) return "";
      const [first] = rings();
      if (rings().length === 1 && first.length < 3) return first.map(([lon, lat]) => `${lat}, ${lon}`).join("\n");
      const parts = polygons.map((polygon) => polygon.map(closed));
      const isOne = parts.length === 1;
      return JSON.stringify({ type: isOne ? "Polygon" : "MultiPolygon", coordinates: isOne ? parts[0] : parts });
    };

    const read = (geometry) => {
      if (!geometry) return [];
      const { type, coordinates } = JSON.parse(geometry);
      const parts = type === "Polygon" ? [coordinates] : coordinates;
      return parts.map((polygon) => polygon.map((ring) => ring.slice(0, -1)));
    };

    // --- the server ----------------------------------------------------------------------------

    let asked = 0;
    const ask = async () => {
      const number = ++asked;
      const body = new FormData();
      body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      body.set("boundary", box.value);
      body.set("coordinates", form.elements.coordinates?.value ?? "");
      if (form.elements.coordinates_gcj02?.checked) body.set("coordinates_gcj02", "1");
      body.set("without", document.getElementById("similar")?.dataset.without ?? "");
      for (const [name, value] of Object.entries(view)) body.set(name, value);
      const response = await fetch(words.url, { method: "POST", body });
      if (!response.ok || response.redirected || number !== asked) return null;
      const template = document.createElement("template");
      template.innerHTML = await response.text();
      const said = template.content.querySelector(".boundary-said");
      status.className = `boundary-status ${said.classList.contains("errorlist") ? "errorlist" : ""}`;
      status.textContent = said.textContent.trim().replace(/\s+/g, " ");
      return template.content;
    };

    let drawing = 0; // drawings that are awaited
    const draw = async (isRead = false) => {
      drawing += 1;
      const content = await ask().finally(() => (drawing -= 1));
      if (!content) return;
      sheet = content.querySelector(".point-map-sheet");
      map = window.pointMap(sheet);
      if (isRead) polygons = read(sheet.dataset.geometry);
      if (count() > Number(words.most)) status.textContent += ` ${words.many}`;
      place.querySelector(".boundary-width").textContent = content.querySelector(".map-width").textContent.trim();
      ground.replaceChildren(sheet, content.querySelector(".map-credit"));
      listen();
      show();
    };

    // An answer counts only if nothing was asked after it: a check does not take its drawing away.
    const checkSoon = window.recordForm.debounced(() => (drawing ? draw() : ask()), 400);
    const readSoon = window.recordForm.debounced(() => {
      history = [];
      view = {};
      draw(true);
    }, 600);

    // --- the map -------------------------------------------------------------------------------

    let map = null; // see point_map.js
    const at = (point) => map.at(point);
    const from = (place) => map.from(place);
    const pixel = (event) => map.pixel(event);

    const path = (ring, isClosed) => (ring.length ? `M${ring.map((point) => at(point).map((n) => n.toFixed(1)).join(" ")).join("L")}${isClosed ? "z" : ""}` : "");

    const show = () => {
      if (!sheet) return;
      const focused = document.activeElement?.closest?.(".boundary-vertex")?.dataset;
      const { ring: inRing, number } = focused ?? {};
      const open = isDrawing ? rings()[0] : null;
      sheet.querySelector(".map-boundary").setAttribute("d", rings().map((ring) => path(ring, ring !== open)).join(""));
      const ends = open?.length > 2 ? [open.at(-1), open[0]] : [];
      sheet.querySelector(".map-last").setAttribute("d", path(ends, false));
      for (const handle of sheet.querySelectorAll(".boundary-vertex")) handle.remove();
      if (count() <= Number(words.most)) rings().forEach((ring, index) => ring.forEach((_point, of) => sheet.append(handle(index, of))));
      if (focused) sheet.querySelector(`.boundary-vertex[data-ring="${inRing}"][data-number="${number}"]`)?.focus();
      button("draw").ariaPressed = String(isDrawing);
      button("draw").textContent = isDrawing ? words.close : words.draw;
      button("draw").disabled = count() > 0 && !isDrawing && (rings().length > 1 || rings()[0].length > 2);
      button("undo").disabled = !history.length;
      button("remove").disabled = !count();
      sheet.classList.toggle("is-drawing", isDrawing);
    };

    const handle = (index, number) => {
      const made = document.createElement("button");
      const ring = rings()[index];
      const [x, y] = at(ring[number]);
      const { width, height } = map;
      made.type = "button";
      made.className = "boundary-vertex";
      made.dataset.ring = index;
      made.dataset.number = number;
      made.hidden = x < 0 || y < 0 || x > width || y > height;
      made.style.insetInlineStart = `${(x / width) * 100}%`;
      made.style.insetBlockStart = `${(y / height) * 100}%`;
      const name = words.point.replace("%n", number + 1).replace("%m", ring.length);
      made.setAttribute("aria-label", `${name}: ${ring[number][1]}, ${ring[number][0]}`);
      return made;
    };

    // --- changes -------------------------------------------------------------------------------

    const step = () => history.push(JSON.stringify(polygons));
    let isOwn = false;
    const write = () => {
      box.value = text();
      isOwn = true;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      isOwn = false;
      show();
      checkSoon();
    };
    const focus = (index, number) => sheet.querySelector(`.boundary-vertex[data-ring="${index}"][data-number="${number}"]`)?.focus();

    const remove = (index, number) => {
      step();
      const ring = rings()[index];
      ring.splice(number, 1);
      // Of several rings one is gone with its area; the only one may be drawn on.
      if (ring.length < 3 && rings().length > 1) {
        polygons = polygons.filter((polygon) => polygon[0] !== ring).map((polygon) => polygon.filter((each) => each !== ring));
      } else if (ring.length < 3) isDrawing = true;
      write();
      focus(index, Math.min(number, ring.length - 1));
    };

    const insert = (index, number, point) => {
      step();
      rings()[index].splice(number, 0, point);
      last = point;
      write();
    };

    const close = () => {
      isDrawing = false;
      last = null;
      show();
    };

    // The line of a ring near a place on the map: its ring, and the number that a point there would get.
    const lineAt = ([x, y]) => {
      for (const [index, ring] of rings().entries())
        for (const [number, point] of ring.entries()) {
          const [[ax, ay], [bx, by]] = [at(point), at(ring[(number + 1) % ring.length])];
          const [dx, dy] = [bx - ax, by - ay];
          const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
          if (Math.hypot(x - ax - along * dx, y - ay - along * dy) < 7) return [index, number + 1];
        }
      return null;
    };

    const drag = (event, index, number) => {
      const ring = rings()[index];
      let isMoved = false;
      const move = (moved) => {
        if (!isMoved && Math.hypot(moved.clientX - event.clientX, moved.clientY - event.clientY) < 3) return;
        if (!isMoved) step();
        isMoved = true;
        last = ring[number] = from(pixel(moved));
        show();
      };
      const end = () => {
        sheet.removeEventListener("pointermove", move);
        if (isMoved) write();
        else if (isDrawing && number === 0 && ring.length > 2) close();
        focus(index, number);
      };
      sheet.setPointerCapture(event.pointerId);
      sheet.addEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) sheet.addEventListener(name, end, { once: true });
    };

    const listen = () => {
      sheet.addEventListener("pointerdown", (event) => {
        if (event.button) return;
        event.preventDefault();
        const vertex = event.target.closest(".boundary-vertex");
        if (vertex) return drag(event, Number(vertex.dataset.ring), Number(vertex.dataset.number));
        const here = pixel(event);
        if (isDrawing) {
          if (!polygons.length) polygons = [[[]]];
          return insert(0, rings()[0].length, from(here));
        }
        const line = count() <= Number(words.most) ? lineAt(here) : null;
        if (!line) return;
        insert(...line, from(here));
        drag(event, ...line);
      });
      sheet.addEventListener("keydown", (event) => {
        const vertex = event.target.closest(".boundary-vertex");
        if (event.key === "Escape" && isDrawing) return close();
        if (!vertex) return;
        const [index, number] = [Number(vertex.dataset.ring), Number(vertex.dataset.number)];
        const ring = rings()[index];
        const far = event.shiftKey ? 1 : 12;
        const [dx, dy] = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] }[event.key] ?? [];
        if (dx !== undefined) {
          step();
          const [x, y] = at(ring[number]);
          last = ring[number] = from([x + dx, y + dy]);
          write();
        } else if (event.key === "Delete" || event.key === "Backspace") remove(index, number);
        else if (event.key === "Enter") {
          const [[ax, ay], [bx, by]] = [at(ring[number]), at(ring[(number + 1) % ring.length])];
          insert(index, number + 1, from(ring.length > 1 ? [(ax + bx) / 2, (ay + by) / 2] : [ax + 24, ay]));
          focus(index, number + 1);
        } else return;
        event.preventDefault();
      });
    };

    const zoom = (times) => {
      const { latitude, longitude, km } = sheet.dataset;
      const [lon, lat] = last ?? [longitude, latitude];
      view = { at: times < 1 ? `${lat}, ${lon}` : `${latitude}, ${longitude}`, km: Number(km) * times };
      draw();
    };

    const does = {
      draw: () => {
        isDrawing = !isDrawing;
        if (!isDrawing) last = null;
        show();
      },
      undo: () => {
        polygons = JSON.parse(history.pop());
        last = null;
        if (count() < 3) isDrawing = true;
        write();
      },
      remove: () => {
        step();
        polygons = [];
        isDrawing = false;
        last = null;
        write();
      },
      closer: () => zoom(1 / 2),
      wider: () => zoom(2),
      all: () => {
        view = {};
        draw();
      },
    };
    place.addEventListener("click", (event) => does[event.target.closest("[data-do]")?.dataset.do]?.());
    box.addEventListener("input", () => {
      if (isOwn) return;
      fold.open = true; // where it is said what is wrong with it
      readSoon();
    });

    fold.hidden = false; // its room is there before the map is: nothing moves while somebody reads
    const seen = new IntersectionObserver(([entry]) => {
      if (!entry.isIntersecting) return;
      seen.disconnect();
      draw(true);
    });
    seen.observe(place);
  };

  if (box) begin();
}
