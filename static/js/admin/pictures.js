"use strict";
// Pictures of a record: many at once, small views of what was chosen, their credits typed once, and
// their order, by dragging or by buttons. The order is what their fields “order” say.
{
  const set = document.getElementById("images-group");
  const drop = set?.querySelector(".drop-pictures");
  const lines = () => [...set.querySelectorAll(".record-line")];
  const field = (line, name) => line.querySelector(`[name$="-${name}"]`);

  // --- small views ---------------------------------------------------------------------------------

  const SIDE = 240;

  const view = async (line, file) => {
    const picture = await createImageBitmap(file).catch(() => null);
    if (!picture) return;
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = picture.width * scale;
    canvas.height = picture.height * scale;
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    let image = line.querySelector(".picture-input .picture-thumbnail");
    if (!image) {
      image = document.createElement("img");
      image.className = "picture-thumbnail";
      image.alt = "";
      line.querySelector(".picture-input").prepend(image);
    }
    image.src = canvas.toDataURL("image/jpeg", 0.8); // the policy of the page allows no other address
    line.querySelector("summary").textContent = file.name;
    arrange(line);
  };

  // --- many at once ----------------------------------------------------------------------------------

  const takeIn = (files) => addAll(files).catch((error) => window.recordForm.failed(drop, error));

  const addAll = async (files) => {
    const focused = document.activeElement;
    for (const file of [...files].filter((each) => each.type.startsWith("image/"))) {
      const line = await window.recordForm.add(set);
      const one = new DataTransfer();
      one.items.add(file);
      const input = field(line, "file");
      input.files = one.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    await number();
    offerCredits();
    if (document.activeElement !== focused) return; // who has begun to write elsewhere goes on there
    lines().at(-1)?.querySelector("[name*=-alt__]")?.focus();
  };

  // --- credits ---------------------------------------------------------------------------------------

  const credits = set?.querySelector(".same-credits");
  const added = () => lines().filter((line) => !line.dataset.row && field(line, "file"));
  const offerCredits = () => {
    if (credits) credits.hidden = added().length < 2;
  };

  // Only what is empty is filled in, and a mark is set but never taken away.
  const takeOver = (from, to) => {
    const isMark = from?.type === "checkbox";
    if (!from || !to || !from.value || (isMark ? !from.checked || to.checked : to.value)) return false;
    if (isMark) to.checked = true;
    else {
      const isKnown = !to.options || [...to.options].some((each) => each.value === from.value);
      if (!isKnown) to.add(new Option(from.selectedOptions[0].text, from.value));
      to.value = from.value;
    }
    for (const type of ["input", "change"]) to.dispatchEvent(new Event(type, { bubbles: true }));
    return true;
  };

  const shareCredits = () => {
    const [first, ...others] = added();
    const names = credits.dataset.names.split(" ");
    const changed = others.filter((line) => names.map((name) => takeOver(field(first, name), field(line, name))).includes(true));
    const said = credits.querySelector("[role=status]");
    said.textContent = said.dataset.said.replace("%n", changed.length);
  };

  // --- the order -------------------------------------------------------------------------------------

  // All are opened, since the order of each may change.
  const number = async () => {
    for (const line of lines()) if (line.dataset.row && !field(line, "order")) await window.recordForm.open(line);
    lines().forEach((line, at) => {
      const order = field(line, "order");
      if (!order || order.value === String(at + 1)) return;
      order.value = at + 1;
      order.dispatchEvent(new Event("input", { bubbles: true }));
    });
    lines().forEach(arrange);
  };

  const move = async (line, step) => {
    const all = lines();
    const other = all[all.indexOf(line) + step];
    if (!other) return;
    if (step < 0) place(other).before(place(line));
    else place(other).after(place(line));
    const name = line.dataset.number;
    await number();
    const moved = set.querySelector(`.record-line[data-number="${name}"]`);
    if (moved) place(moved).querySelector(step < 0 ? ".earlier" : ".later").focus();
  };

  // A line and, beside it, its buttons: within the line they would be hidden while it is closed.
  const place = (line) => line.parentElement;
  const arrange = (line) => {
    line.querySelector("summary").draggable = true;
    if (place(line).matches(".record-place")) return;
    const made = document.createElement("div");
    made.className = "record-place";
    line.replaceWith(made);
    made.append(line, set.querySelector("template.move-row").content.cloneNode(true));
  };

  let dragged = null;

  if (set && drop) {
    drop.hidden = false;
    drop.querySelector("input").addEventListener("change", (event) => {
      takeIn(event.target.files);
      event.target.value = "";
    });
    set.addEventListener("change", (event) => {
      if (event.target.matches("[name$='-file']") && event.target.files[0])
        view(event.target.closest(".record-line"), event.target.files[0]);
    });
    set.addEventListener("click", (event) => {
      const button = event.target.closest(".move-row button");
      if (!button) return;
      move(button.closest(".record-place").querySelector(".record-line"), button.matches(".earlier") ? -1 : 1);
    });
    set.addEventListener("dragstart", (event) => {
      dragged = event.target.closest?.(".record-line");
      event.dataTransfer.effectAllowed = "move";
    });
    set.addEventListener("dragover", (event) => {
      event.preventDefault();
      const line = event.target.closest(".record-line");
      if (!dragged || !line || line === dragged) return;
      const middle = line.getBoundingClientRect().top + line.offsetHeight / 2;
      if (event.clientY < middle) place(line).before(place(dragged));
      else place(line).after(place(dragged));
    });
    set.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) takeIn(event.dataTransfer.files);
      else if (dragged) number();
      dragged = null;
    });
    credits.querySelector("button").addEventListener("click", shareCredits);
    lines().forEach(arrange);
    offerCredits();
    document.addEventListener("formset:added", (event) => {
      if (!event.target.closest("#images-group")) return;
      arrange(event.target);
      offerCredits();
    });
  }
}
