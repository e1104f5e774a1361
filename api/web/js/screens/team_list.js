// A list that the team keeps as a whole: a table with fields in its rows for who may change it, words for others.

import { listOf, put } from "../api.js";
import { ask } from "../dialogs.js";
import { arrange, h, show, words } from "../dom.js";
import { tell, trying } from "../notices.js";
import { T, moment } from "../strings.js";

/**
 * Mount a list.
 * @param {object} options
 *   `path` and `key`: where the list is kept and what it is called there; `kept` how the server gave it, rows and revision;
 *   `name` of the list; `mayChange`; `empty` what to say without rows;
 *   `columns`: `{head, show(row), field?(row, changed, name)}`, where `field` gives what changes the row and calls
 *     `changed` when it did; the first column names the row;
 *   `fresh()` a new row; `toRow(plain)` a row as it is edited, `toPlain(row)` as it is kept; `onKept()` after it was;
 *   `ways(view)` more buttons.
 */
export function teamList(root, options) {
  return new TeamList(root, options);
}

class TeamList {
  constructor(root, options) {
    Object.assign(this, { root, options, shown: new Map() });
    this.take(options.kept);
    const { columns, mayChange, name } = options;
    this.body = h("tbody", {});
    this.table = h("div.table-box.of-list", { tabindex: 0, role: "region", "aria-label": name },
      h("table.team-list", {}, h("thead", {}, h("tr", {}, columns.map(({ head }) => h("th", { scope: "col" }, head)), mayChange && h("th", { scope: "col" }, h("span.sr", {}, T.remove)))), this.body));
    this.empty = h("p.soft", {}, options.empty);
    this.keep = h("button.main", { type: "button", disabled: true, on: { click: () => this.save() } }, T.save);
    const ways = mayChange && h("div.ways", {}, h("button", { type: "button", on: { click: () => this.add([options.fresh()]) } }, T.addRow), options.ways?.(this), this.keep);
    show(root, this.empty, this.table, ways);
    this.draw();
  }

  /** Whether something was changed and not kept yet. */
  get isChanged() {
    return !this.keep.disabled;
  }

  /** Put rows at the end and go to the first of them. */
  add(rows) {
    this.rows.push(...rows);
    this.changed();
    this.draw();
    this.shown.get(rows[0])?.querySelector("input, select, button")?.focus();
  }

  changed() {
    this.keep.disabled = false;
  }

  /** Show a list as the server has it. */
  take(answer) {
    this.revision = answer.revision;
    this.rows = rowsOf(answer, this.options);
  }

  async save() {
    const { path, key, toPlain, onKept } = this.options;
    this.keep.disabled = true;
    const rows = withIds(this.rows, key).map(toPlain);
    const answer = await trying(() => put(path, { revision: this.revision, [key]: rows }).catch((fault) => this.settle(fault)));
    if (!answer) return this.changed();
    this.take(answer);
    tell(T.kept);
    this.draw();
    return onKept?.();
  }

  /** Somebody was faster: show both lists. Gives the list that is kept in the end, or null where nothing was chosen. */
  async settle(fault) {
    if (fault.code !== "list_changed") throw fault;
    const { details } = fault;
    const { columns, key, nameOf, path, toPlain } = this.options;
    const theirs = rowsOf({ [key]: details.current }, this.options);
    const mine = rowsOf({ [key]: details.sent }, this.options);
    const has = (rows, row) => rows.some((other) => JSON.stringify(toPlain(other)) === JSON.stringify(toPlain(row)));
    const version = (says, rows, others) => h("div.version", {}, h("h3", {}, says), rows.length ? h("ul.plain-list", {}, rows.map((row) => h(`li${has(others, row) ? ".soft" : ""}`, {}, h("strong", {}, words(nameOf(row))), columns.slice(1).filter((column) => column.field).map((column) => h("div", {}, column.show(row)))))) : h("p", {}, T.nothingThere));
    const who = details.changed_by && h("p.soft", {}, words(details.changed_by), " · ", moment(details.changed_at));
    const choice = await ask({
      title: T.conflictTitle, isWide: true, body: [h("p", {}, T.listChanged), who, h("div.versions", {}, version(T.yours, mine, theirs), version(T.now, theirs, mine))],
      actions: [{ says: T.keepTheirs, value: "theirs", kind: "main" }, { says: T.keepBoth, value: "both" }, { says: T.takeMine, value: "mine" }],
    });
    if (!choice) return null;
    if (choice === "theirs") return { revision: details.revision, [key]: details.current };
    const others = theirs.filter((row) => !mine.some(({ id }) => id === row.id));
    const rows = choice === "both" ? [...mine, ...others] : mine;
    return put(path, { revision: details.revision, [key]: rows.map(toPlain) }).catch((again) => this.settle(again));
  }

  draw() {
    this.empty.hidden = this.rows.length > 0;
    this.table.hidden = !this.rows.length;
    const shown = this.rows.map((row) => this.shown.get(row) ?? this.row(row));
    this.shown = new Map(this.rows.map((row, i) => [row, shown[i]]));
    arrange(this.body, shown);
  }

  row(row) {
    const { columns, mayChange } = this.options;
    const cells = columns.map((column, i) => {
      const name = `${column.head}: ${this.options.nameOf(row)}`;
      const isField = mayChange && column.field;
      return h(i ? "td" : "th", { scope: i ? null : "row", "data-head": column.head }, isField ? column.field(row, () => this.changed(), name) : column.show(row));
    });
    const take = () => {
      const next = this.rows[this.rows.indexOf(row) + 1] ?? this.rows[this.rows.indexOf(row) - 1];
      this.rows = this.rows.filter((other) => other !== row);
      this.changed();
      this.draw();
      (this.shown.get(next)?.querySelector(".take") ?? this.keep).focus();
    };
    return h("tr", {}, cells, mayChange && h("td", {}, h("button.plain.small.take", { type: "button", "aria-label": T.removeOne(this.options.nameOf(row)), on: { click: take } }, T.remove)));
  }
}

/** A field for words in a row. */
export function wordField(row, key, changed, name, { placeholder = "" } = {}) {
  return h("input.small", { "aria-label": name, placeholder, props: { value: row[key] ?? "" }, on: { input: (event) => ((row[key] = event.target.value), changed()) } });
}

/** A choice in a row; `names` by value. */
export function choiceField(row, key, names, changed, name) {
  return h("select.small", { "aria-label": name, on: { change: (event) => ((row[key] = event.target.value), changed()) } }, Object.entries(names).map(([value, text]) => h("option", { value, selected: value === row[key] }, text)));
}

function rowsOf(answer, { key, toRow }) {
  return listOf(answer, key).map((row) => toRow({ ...row }));
}

/** The rows that have a name, trimmed, each with an id: its own, or one made of the name as the engine makes them. */
function withIds(rows, key) {
  const used = new Set(rows.map((row) => row.id).filter(Boolean));
  return rows.filter((row) => row.name.trim()).map((row) => {
    const id = row.id || idFrom(row.name, used, key.slice(0, -1));
    used.add(id);
    return { ...row, id, name: row.name.trim() };
  });
}

function idFrom(name, used, otherwise) {
  const base = name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60) || otherwise;
  let id = base;
  for (let n = 2; used.has(id); n += 1) id = `${base}-${n}`;
  return id;
}

/** Words to show, or a dash. */
export function shownWords(text) {
  return text ? words(text) : "–";
}
