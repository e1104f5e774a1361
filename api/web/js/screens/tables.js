// Tables in a box that scrolls, each row named by its first cell.

import { arrange, h } from "../dom.js";

/**
 * A table.
 * @param {Array<string|{text: string, isNumber?: boolean}>} heads - "" for a column of buttons.
 * @param {Array<Array>} rows - cells in the order of the heads.
 */
export function namedTable(heads, rows, name, classes = "") {
  const columns = heads.map((head) => (typeof head === "string" ? { text: head } : head));
  const kind = (i) => (columns[i].isNumber ? ".n" : "");
  return h("div.table-box", { tabindex: 0, role: "region", "aria-label": name },
    h(`table${classes}`, {}, h("thead", {}, h("tr", {}, columns.map(({ text }, i) => (text ? h(`th${kind(i)}`, { scope: "col" }, text) : h("td", {}))))),
      h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell, i) => h(i ? `td${kind(i)}` : "th", { scope: i ? null : "row" }, cell)))))));
}

/**
 * A table that is sorted by its heads and whose rows open on what is behind them.
 * @param {object} options
 *   `columns`: `{text, isNumber?, key?(row), isDown?, cell(row)}`, where `key` makes the head a button that sorts, first
 *     downwards with `isDown`; the cell of the first column is what the row is called by;
 *   `rows`; `behind(row)` nodes shown below a row that was opened, or null for a table whose rows do not open.
 */
export function openingTable({ name, columns, rows, behind = null, classes = "" }) {
  let sorted = null;
  let isDown = false;
  const opened = new Map();
  const body = h("tbody", {});
  const drawn = new Map(rows.map((row) => [row, rowOf(row)]));
  const heads = columns.map((column) => h(`th${column.isNumber ? ".n" : ""}`, { scope: "col" }, column.key ? h("button.plain.small", { type: "button", on: { click: () => sortBy(column) } }, column.text, h("span", { "aria-hidden": "true" })) : column.text));

  function rowOf(row) {
    const [first, ...others] = columns;
    const says = first.cell(row);
    const way = behind ? h("button.link.opens", { type: "button", "aria-expanded": "false", on: { click: () => toggle(row, way) } }, says) : says;
    return h("tr", { "data-stage": row.stage, "data-kind": row.kind }, h("th", { scope: "row" }, h("span.named", {}, first.before?.(row), way)), others.map((column) => h(column.isNumber ? "td.n" : "td.says", { "data-head": column.text }, column.cell(row))));
  }

  function toggle(row, way) {
    if (opened.has(row)) opened.delete(row);
    else opened.set(row, h("tr.opened", {}, h("td", { colspan: columns.length }, behind(row))));
    way.setAttribute("aria-expanded", String(opened.has(row)));
    draw();
  }

  function sortBy(column) {
    isDown = sorted === column ? !isDown : Boolean(column.isDown);
    sorted = column;
    draw();
  }

  function draw() {
    const inOrder = [...rows];
    // What has no figure stands at the end either way.
    if (sorted) inOrder.sort((one, other) => order(sorted.key(one), sorted.key(other), isDown));
    arrange(body, inOrder.flatMap((row) => [drawn.get(row), opened.get(row)].filter(Boolean)));
    columns.forEach((column, i) => {
      if (!column.key) return;
      if (column === sorted) heads[i].setAttribute("aria-sort", isDown ? "descending" : "ascending");
      else heads[i].removeAttribute("aria-sort");
      heads[i].querySelector("span").textContent = column === sorted ? (isDown ? " ↓" : " ↑") : "";
    });
  }

  draw();
  return h("div.table-box", { tabindex: 0, role: "region", "aria-label": name }, h(`table.opening${classes}`, {}, h("thead", {}, h("tr", {}, heads)), body));
}

function order(one, other, isDown) {
  if (one === null || other === null) return (one === null) - (other === null);
  return (one < other ? -1 : one > other ? 1 : 0) * (isDown ? -1 : 1);
}
