// Plain tables in a box that scrolls, each row named by its first cell.

import { h } from "../dom.js";

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
