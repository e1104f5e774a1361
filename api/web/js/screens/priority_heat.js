// Steps by something, as a table of cells that are shaded by their figure; each opens the answers and words behind it.

import { h, show, words } from "../dom.js";
import { T } from "../strings.js";
import { saves } from "./priority_marks.js";

const MOVES = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

/**
 * A heat map.
 * @param {object} view - `model` and `query`, what the figures are asked for with.
 * @param {string} name - of the picture's file on the server.
 * @param {object} options - `title`, `says`, `table` the file of its figures; `steps` rows with `step`, `wording`, `stage`;
 *   `columns`: `{id, text}`; `cell(step, column)` gives `{share, shows, says}`, how dark it is in [0, 1], what stands in it
 *   and how it is read out, or null where nothing is known; `behind(step, column)` the nodes below once it is chosen.
 */
export function heatTable(view, name, { title, says, table, steps, columns, cell, behind }) {
  const drawer = h("div.drawer", { "aria-live": "polite" });
  const buttons = steps.map(() => []);
  const choose = (button, step, column) => {
    for (const other of buttons.flat()) other.setAttribute("aria-pressed", String(other === button));
    show(drawer, h("h4", {}, words(step.wording, "span"), " · ", words(column.text, "span")), behind(step, column));
  };
  const move = (event, row, place) => {
    const by = MOVES[event.key];
    if (!by) return;
    event.preventDefault();
    nearest(buttons, row, place, by)?.focus();
  };
  const cellOf = (step, row, column, place) => {
    const found = cell(step, column);
    if (!found) return h("td.blank", {}, h("span.sr", {}, T.priorities.blank));
    const button = h("button", { type: "button", "aria-pressed": "false", "aria-label": `${step.wording}, ${column.text}: ${found.says}`, on: { click: () => choose(button, step, column), keydown: (event) => move(event, row, place) } }, found.shows);
    button.style.setProperty("--heat", found.share.toFixed(3));
    buttons[row][place] = button;
    return h("td", {}, button);
  };
  const body = steps.map((step, row) => h("tr", { "data-stage": step.stage }, h("th", { scope: "row" }, h("span.named", {}, h("span.stage-chip", {}, T.stages[step.stage]), words(step.wording, "span"))), columns.map((column, place) => cellOf(step, row, column, place))));
  return h("section.figure-box", {}, h("div.section-head", {}, h("h3", {}, title), saves(view, name, title, table)), h("p.soft", {}, says, " ", T.priorities.cellsOpen),
    h("div.table-box", { tabindex: 0, role: "region", "aria-label": title }, h("table.heat", {}, h("thead", {}, h("tr", {}, h("td", {}), columns.map(({ text }) => h("th", { scope: "col" }, words(text, "span"))))), h("tbody", {}, body))), drawer);
}

/** The next button in a direction, over blank cells. */
function nearest(buttons, row, place, [down, right]) {
  for (let i = row + down, j = place + right; buttons[i] && j >= 0 && j < 64; i += down, j += right) if (buttons[i][j]) return buttons[i][j];
  return null;
}
