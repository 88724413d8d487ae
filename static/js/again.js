"use strict";
// A form that could not be written, because somebody else was writing, is sent again by itself. Not
// if its reader goes on with it: then it waits to be sent like any other.
{
  const note = document.querySelector("[data-send-again]");
  const form = note?.closest("form");
  if (form) {
    note.hidden = false;
    const send = () => form.requestSubmit([...form.elements].find((each) => each.type === "submit" && each.name === note.dataset.by));
    const timer = setTimeout(send, note.dataset.sendAgain * 1_000);
    const stop = (event) => {
      if (!event.isTrusted) return; // of a script, such as that of a chooser
      clearTimeout(timer);
      note.hidden = true;
    };
    for (const name of ["input", "change", "submit"]) form.addEventListener(name, stop);
  }
}
