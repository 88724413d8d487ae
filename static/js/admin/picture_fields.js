"use strict";
// What a file says of itself is taken over by a button, and a click into a picture sets its focal point.
{
  const field = (near, name) => {
    const input = near.closest(".picture-input").querySelector("input[type=file]");
    return input?.form.elements[input.name.replace(/file$/, name)];
  };
  const written = (input, value) => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const prepare = (root) => {
    for (const button of root.querySelectorAll(".picture-says [data-fill]"))
      button.hidden = !field(button, button.dataset.fill);
    for (const picture of root.querySelectorAll(".picture-input .picture-thumbnail")) {
      const x = field(picture, "focus_x");
      if (!x || picture.closest(".picture-focus")) continue;
      const frame = document.createElement("span");
      frame.className = "picture-focus";
      picture.closest(".picture-input").querySelector(".picture-focus-hint").hidden = false;
      const mark = document.createElement("span");
      mark.className = "picture-focus-mark";
      picture.replaceWith(frame);
      frame.append(picture, mark);
      const show = () => {
        mark.style.left = `${x.value}%`;
        mark.style.top = `${field(frame, "focus_y").value}%`;
      };
      for (const name of ["focus_x", "focus_y"]) field(frame, name).addEventListener("input", show);
      show();
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".picture-says [data-fill]");
    if (button) {
      written(field(button, button.dataset.fill), button.dataset.value);
      button.hidden = true;
      return;
    }
    const frame = event.target.closest(".picture-focus");
    if (!frame) return;
    event.preventDefault(); // it lies in a link to the picture
    const box = frame.querySelector("img").getBoundingClientRect();
    const percent = (at, size) => Math.round(Math.min(100, Math.max(0, (100 * at) / size)));
    written(field(frame, "focus_x"), percent(event.clientX - box.left, box.width));
    written(field(frame, "focus_y"), percent(event.clientY - box.top, box.height));
  });
  new MutationObserver(() => prepare(document)).observe(document.body, { childList: true, subtree: true });
  prepare(document);
}
