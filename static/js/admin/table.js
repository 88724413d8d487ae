"use strict";
// Editing in a table: cells copied in a spreadsheet and pasted into one fill those to its right and below it.
{
  const form = document.querySelector(".table-edit");
  const status = form.querySelector("[role=status]");
  const controlOf = (cell) => cell?.querySelector("textarea, select, input:not([type=hidden])");

  // Rows of cells, as spreadsheets copy them: a cell with a tab, a line end or a quote stands in quotes.
  const read = (text) => {
    const rows = [[""]];
    let isQuoted = false;
    const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    for (let at = 0; at < source.length; at += 1) {
      const letter = source[at];
      const row = rows.at(-1);
      if (isQuoted && letter === '"' && source[at + 1] === '"') row[row.length - 1] += source[(at += 1)];
      else if (isQuoted && letter === '"') isQuoted = false;
      else if (isQuoted) row[row.length - 1] += letter;
      else if (letter === '"' && row.at(-1) === "") isQuoted = true;
      else if (letter === "\t") row.push("");
      else if (letter === "\n") rows.push([""]);
      else row[row.length - 1] += letter;
    }
    return rows;
  };

  const put = (control, text) => {
    let value = text;
    if (control.matches("select")) {
      const found = [...control.options].find((each) => each.value === text || each.text.trim() === text.trim());
      if (!found) return false;
      value = found.value;
    }
    control.value = control.matches("textarea") ? value : value.replace(/\n+/g, " ");
    for (const type of ["input", "change"]) control.dispatchEvent(new Event(type, { bubbles: true }));
    return true;
  };

  form.addEventListener("paste", (event) => {
    const start = event.target.closest("td");
    const block = start ? read(event.clipboardData.getData("text/plain")) : [];
    if (block.length * Math.max(0, ...block.map((row) => row.length)) < 2) return; // one text, as ever
    event.preventDefault();
    const lines = [...form.querySelectorAll("tbody tr")];
    const [first, column] = [lines.indexOf(start.parentElement), start.cellIndex];
    const texts = block.flatMap((row, down) => row.map((text, right) => [controlOf(lines[first + down]?.cells[column + right]), text]));
    const filled = texts.filter(([control, text]) => control && put(control, text)).length;
    const left = texts.length - filled;
    status.textContent = [status.dataset.filled.replace("%n", filled), left ? status.dataset.left.replace("%n", left) : ""].join(" ").trim();
  });
}
