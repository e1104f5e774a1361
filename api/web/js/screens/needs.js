// All needs as a table: sorted, filtered, worded in the row, many approved at once. A page at a time.

import { arrange, h, show, whenQuiet, words } from "../dom.js";
import { entryOf, isSettled, isThere } from "../jobmap.js";
import { useKeys } from "../keys.js";
import { lintMark, peopleMark, stateMark } from "../marks.js";
import { needsFor } from "../offers.js";
import { quoteList } from "../quotes.js";
import { deciding, may } from "../rights.js";
import { STAGES } from "../stages.js";
import { T } from "../strings.js";
import { editor, emptyState, nPeopleOf } from "./fields.js";

const N_PAGE = 100;
const STATES = ["open", "suggested", "approved", "rejected", "lost"];

/** Mount the table of needs. */
export function needs(root, context) {
  const view = new Needs(root, context);
  return () => view.close();
}

class Needs {
  constructor(root, { model, acts }) {
    Object.assign(this, { root, model, acts, mayDecide: may(model, "review"), page: 0, sort: "step", isDown: false, selected: new Set(), rows: new Map(), opened: null, editing: null, cursor: null, filter: { search: "", state: "open", stage: "", kind: "", origin: "" } });
    this.build();
    this.stops = [model.store.subscribe(() => this.draw()), useKeys(this.keys())];
    this.draw();
  }

  close() {
    this.stops.forEach((stop) => stop());
  }

  get map() {
    return this.model.state.map;
  }

  build() {
    const set = (field) => (event) => ((this.filter = { ...this.filter, [field]: event.target.value.trim() }), (this.page = 0), this.draw());
    const pick = (field, name, values, names) => h("label.inline", {}, name, h("select", { on: { change: set(field) } }, values.map((value) => h("option", { value, selected: value === this.filter[field] }, names(value)))));
    this.search = h("input", { type: "search", placeholder: T.searchNeeds, "aria-label": T.searchNeeds, on: { input: whenQuiet(set("search"), 120) } });
    this.tools = h("div.tools", {}, this.search,
      pick("state", T.state, STATES, (s) => T.needFilters[s]),
      pick("stage", T.stage, ["", ...STAGES], (s) => (s ? T.stages[s] : T.all)),
      pick("kind", T.kind, ["", ...Object.keys(T.kinds)], (k) => (k ? T.kinds[k] : T.all)),
      pick("origin", T.origin, ["", ...Object.keys(T.origins)], (o) => (o ? T.origins[o] : T.all)));
    this.bulk = h("div.bulk", { role: "region", "aria-label": T.bulk });
    this.count = h("p.soft", { role: "status" });
    this.body = h("tbody", {});
    this.selectAll = h("input", { type: "checkbox", "aria-label": T.selectPage, on: { change: (e) => this.selectPage(e.target.checked) } });
    this.heads = ["statement", "step", "kind", "origin", "people", "state"].map((column) => h("th", { scope: "col" }, h("button.plain.small", { type: "button", on: { click: () => this.sortBy(column) } }, T.needColumns[column], h("span", { "aria-hidden": "true" }))));
    this.table = h("div.table-box", { tabindex: 0, role: "region", "aria-label": T.sections.needs }, h("table.needs", {}, h("thead", {}, h("tr", {}, h("td", {}, this.mayDecide && this.selectAll), this.heads, this.mayDecide ? h("th", { scope: "col" }, h("span.sr", {}, T.acts)) : h("td", {}))), this.body));
    this.pager = h("div.pager", {});
    this.empty = h("div", {});
    show(this.root, h("div.page-head", {}, h("h1", {}, T.sections.needs), this.count), this.tools, this.bulk, this.empty, this.table, this.pager);
  }

  found() {
    const { search, state, stage, kind, origin } = this.filter;
    const asked = search.toLowerCase();
    const fits = (need) =>
      STATE_FITS[state](need) && (!kind || need.kind === kind) && (!origin || need.origin === origin) && (!stage || this.stageOf(need) === stage) &&
      (!asked || `${need.statement} ${need.action_variable ?? ""} ${this.stepOf(need)?.phrase ?? ""}`.toLowerCase().includes(asked));
    const key = this.sortKey();
    const rows = this.map.needs.filter(fits).map((need) => [key(need), need]);
    rows.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    if (this.isDown) rows.reverse();
    return rows.map(([, need]) => need);
  }

  sortKey() {
    const order = new Map(this.map.steps.map((step) => [step.id, STAGES.indexOf(step.stage) * 10000 + step.position]));
    return {
      step: (n) => order.get(n.step) ?? 1e9,
      statement: (n) => n.statement.toLowerCase(),
      kind: (n) => n.kind ?? "",
      origin: (n) => n.origin,
      people: (n) => -n.n_participants,
      state: (n) => n.state,
    }[this.sort];
  }

  stepOf(need) {
    return need.step ? entryOf(this.map, need.step) : null;
  }

  stageOf(need) {
    return this.stepOf(need)?.stage ?? need.stage;
  }

  draw() {
    const { map, isLoaded } = this.model.state;
    for (const part of [this.tools, this.table, this.pager]) part.hidden = !map;
    if (!map) {
      this.bulk.hidden = true;
      if (isLoaded) show(this.empty, emptyState(T.noMap, T.noMapHint));
      return;
    }
    const found = this.found();
    const nPages = Math.max(1, Math.ceil(found.length / N_PAGE));
    this.page = Math.min(this.page, nPages - 1);
    this.shownNeeds = found.slice(this.page * N_PAGE, (this.page + 1) * N_PAGE);
    const ids = new Set(this.shownNeeds.map((n) => n.id));
    this.selected = new Set([...this.selected].filter((id) => ids.has(id)));
    if (!ids.has(this.cursor)) this.cursor = this.shownNeeds[Math.min(this.place ?? 0, this.shownNeeds.length - 1)]?.id ?? null;
    this.place = this.shownNeeds.findIndex((n) => n.id === this.cursor);
    this.count.textContent = T.foundNeeds(found.length, map.needs.length);
    this.selectAll.checked = this.shownNeeds.length > 0 && this.selected.size === this.shownNeeds.length;
    this.heads.forEach((head, i) => {
      const column = ["statement", "step", "kind", "origin", "people", "state"][i];
      const isSorted = column === this.sort;
      if (isSorted) head.setAttribute("aria-sort", this.isDown ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
      head.querySelector("span").textContent = isSorted ? (this.isDown ? " ↓" : " ↑") : "";
    });
    arrange(this.body, this.shownNeeds.flatMap((need) => this.row(need)));
    this.drawBulk();
    show(this.pager, nPages > 1 && [
      h("button", { type: "button", disabled: this.page === 0, on: { click: () => this.turnTo(this.page - 1) } }, T.previousPage),
      h("span.soft", {}, T.pageOf(this.page + 1, nPages)),
      h("button", { type: "button", disabled: this.page === nPages - 1, on: { click: () => this.turnTo(this.page + 1) } }, T.nextPage)]);
    show(this.empty, !found.length && h("p.soft", {}, T.nothingFound));
  }

  turnTo(page) {
    this.page = page;
    this.place = 0;
    this.cursor = null;
    this.draw();
    this.table.scrollIntoView({ block: "start" });
  }

  row(need) {
    const step = this.stepOf(need);
    const isPending = this.model.isPending(need.id);
    const shown = [need, step?.phrase, step?.stage, this.selected.has(need.id), this.editing === need.id, this.opened === need.id, this.cursor === need.id, isPending, nPeopleOf(this.model)];
    const known = this.rows.get(need.id);
    if (known?.shown.every((value, i) => value === shown[i])) return known.parts;
    if (known?.shown[4] && shown[4]) return known.parts;
    const hadFocus = known?.parts[0].contains(document.activeElement);
    const box = h("input", { type: "checkbox", "aria-label": T.select(need.statement), props: { checked: this.selected.has(need.id) }, on: { change: (e) => this.toggle(need.id, e.target.checked) } });
    const button = (says, does) => h("button.plain.small", { type: "button", "aria-label": `${says}: ${need.statement}`, disabled: isPending, on: { click: does } }, says);
    const first = h("tr", { "data-id": need.id, "data-state": need.lost_support ? "lost" : need.state, class: [isPending && "pending", shown[6] && "current", shown[3] && "selected"].filter(Boolean).join(" ") || null },
      h("td", {}, this.mayDecide && box),
      h("th", { scope: "row" }, this.editing === need.id ? editor(need.statement, (text) => this.doneEditing(need, text), { label: T.statement, wordings: [needsFor(this.model, need.statements[0])] }) : [
        h("button.link.statement", { type: "button", "aria-expanded": String(this.opened === need.id), on: { click: () => this.open(need.id) } }, words(need.statement)),
        need.action_variable && h("p.soft", {}, words(need.action_variable, "span")), lintMark(need)]),
      h("td", { "data-stage": this.stageOf(need) ?? null }, step ? [h("span.stage-chip", {}, T.stages[step.stage]), " ", words(step.phrase, "span")] : h("span.soft", {}, T.noStep)),
      h("td", {}, T.kinds[need.kind] ?? need.kind ?? ""), h("td", {}, T.origins[need.origin] ?? need.origin), h("td", {}, peopleMark(need, nPeopleOf(this.model))), h("td", {}, stateMark(need), isPending && h("span.chip", {}, T.pending)),
      h("td.row-acts", {}, this.mayDecide && [need.state !== "approved" && isThere(need) && button(T.approve, () => this.acts.approve(need)), isThere(need) && button(T.edit, () => this.edit(need.id)), isThere(need) && button(T.reject, () => this.acts.reject(need))]));
    first.addEventListener("focusin", () => (this.cursor = need.id));
    const parts = [first];
    if (this.opened === need.id) parts.push(h("tr.opened", {}, h("td", {}), h("td", { colspan: 7 }, quoteList(this.model, need.statements, { entry: need.id }))));
    this.rows.set(need.id, { shown, parts });
    if (hadFocus) requestAnimationFrame(() => first.querySelector(".statement")?.focus({ preventScroll: true }));
    return parts;
  }

  sortBy(column) {
    this.isDown = this.sort === column && !this.isDown;
    this.sort = column;
    this.draw();
  }

  toggle(id, isSelected) {
    if (isSelected) this.selected.add(id);
    else this.selected.delete(id);
    this.draw();
  }

  selectPage(isSelected) {
    this.selected = new Set(isSelected ? this.shownNeeds.map((n) => n.id) : []);
    this.draw();
  }

  open(id) {
    this.opened = this.opened === id ? null : id;
    this.draw();
  }

  edit(id) {
    this.editing = id;
    this.draw();
    const field = this.body.querySelector("textarea");
    field?.focus();
    field?.select();
  }

  doneEditing(need, text) {
    this.editing = null;
    if (text !== null) this.acts.edit(need, text);
    this.draw();
    this.focusRow(need.id);
  }

  focusRow(id) {
    const button = this.rows.get(id)?.parts[0].querySelector(".statement");
    button?.focus({ preventScroll: true });
    button?.scrollIntoView({ block: "nearest" });
  }

  drawBulk() {
    const n = this.selected.size;
    this.bulk.hidden = n === 0;
    if (!n) return;
    const after = (work) => () => {
      work(this.shownNeeds.filter((need) => this.selected.has(need.id)));
      this.selected.clear();
      this.draw();
    };
    show(this.bulk, h("strong", {}, T.nSelected(n)),
      h("button", { type: "button", on: { click: after((all) => this.acts.many(all, (e) => this.acts.approve(e), T.manyApproved)) } }, T.approve),
      h("button", { type: "button", on: { click: after((all) => this.acts.many(all, (e) => this.acts.reject(e), T.manyRejected)) } }, T.reject),
      n > 1 && h("button", { type: "button", on: { click: after(([first, ...others]) => this.acts.merge(first, others)) } }, T.mergeSelected),
      h("button.plain", { type: "button", on: { click: () => (this.selected.clear(), this.draw()) } }, T.clearSelection));
  }

  keys() {
    const on = (work) => () => {
      const need = this.map && this.cursor && entryOf(this.map, this.cursor);
      return need ? void work(need) : false;
    };
    const by = (n) => () => {
      const place = this.shownNeeds?.findIndex((need) => need.id === this.cursor) ?? -1;
      const next = this.shownNeeds?.[Math.max(0, Math.min(this.shownNeeds.length - 1, place + n))];
      if (!next) return;
      this.cursor = next.id;
      this.draw();
      this.focusRow(next.id);
    };
    return [
      { keys: ["j"], says: T.keys.next, does: by(1) },
      { keys: ["k"], says: T.keys.previous, does: by(-1) },
      { keys: ["o"], says: T.keys.open, does: on((n) => this.open(n.id)) },
      { keys: ["/"], says: T.keys.search, does: () => this.search.focus() },
      ...deciding(this.model, this.decidingKeys(on)),
    ];
  }

  decidingKeys(on) {
    return [
      { keys: ["a"], says: T.keys.approve, does: on((n) => this.acts.approve(n)) },
      { keys: ["r"], says: T.keys.reject, does: on((n) => this.acts.reject(n)) },
      { keys: ["e"], says: T.keys.edit, does: on((n) => this.edit(n.id)) },
      { keys: ["m"], says: T.keys.merge, does: on((n) => this.acts.askMerge(n)) },
      { keys: ["c"], says: T.keys.comment, does: on((n) => this.acts.askComment(n)) },
      { keys: ["x"], says: T.keys.select, does: on((n) => this.toggle(n.id, !this.selected.has(n.id))) },
    ];
  }
}

const STATE_FITS = {
  open: isThere,
  suggested: (need) => !isSettled(need),
  approved: (need) => need.state === "approved" || need.state === "edited",
  rejected: (need) => !isThere(need),
  lost: (need) => need.lost_support,
};
