// The board: six columns of steps. Cards are chosen with j and k or the pointer, dragged between columns and onto each
// other; one at a time opens at the side.

import { arrange, h, show, whenQuiet, words } from "../dom.js";
import { entryOf, isForetold, isSettled, isThere, needsOf, stagesOf, stepsOf } from "../jobmap.js";
import { useKeys } from "../keys.js";
import { confidenceMark, lintMark, peopleMark, stateMark } from "../marks.js";
import { tell } from "../notices.js";
import { namesFor } from "../offers.js";
import { quoteList } from "../quotes.js";
import { deciding, may } from "../rights.js";
import { note, place, to } from "../router.js";
import { STAGES } from "../stages.js";
import { T } from "../strings.js";
import { editor, emptyState, nPeopleOf } from "./fields.js";
import { stepPanel } from "./step_panel.js";

const FILTERS = {
  open: (step) => isThere(step),
  suggested: (step) => !isSettled(step),
  approved: (step) => step.state === "approved" || step.state === "edited",
  hinted: (step) => isThere(step) && step.lint?.length > 0,
  lost: (step) => step.lost_support || step.state === "lost support",
  rejected: (step) => !isThere(step),
};

/** Mount the board into `root`; gives the way to take it down. */
export function board(root, { model, acts }) {
  const view = new Board(root, model, acts);
  return () => view.close();
}

class Board {
  constructor(root, model, acts) {
    Object.assign(this, { root, model, acts, filter: "open", search: "", selected: new Set(), cards: new Map(), editing: null, cursor: null, asked: new Set(), mayDecide: may(model, "review") });
    this.opened = place().query.get("open");
    this.cursor = this.opened;
    this.build();
    this.stops = [useKeys(this.keys()), model.store.subscribe(() => this.draw())];
    this.draw();
  }

  close() {
    this.isClosed = true;
    this.stops.forEach((stop) => stop());
  }

  build() {
    const pick = (event) => ((this.filter = event.target.value), this.draw());
    const find = whenQuiet((event) => ((this.search = event.target.value.trim().toLowerCase()), this.draw()), 80);
    this.progress = h("p.soft", { role: "status" });
    this.searchField = h("input", { type: "search", id: "board-search", placeholder: T.searchSteps, "aria-label": T.searchSteps, on: { input: find } });
    this.tools = h("div.tools", {},
      this.searchField,
      h("label.inline", {}, T.showing, " ", h("select", { on: { change: pick } }, Object.keys(FILTERS).map((name) => h("option", { value: name }, T.boardFilters[name])))),
      this.progress);
    this.bulk = h("div.bulk", { role: "region", "aria-label": T.bulk, hidden: true });
    this.columns = STAGES.map((stage, i) => new Column(stage, i, this));
    this.lanes = h("div.lanes", {}, this.columns.map((column) => column.element));
    this.side = h("aside.side", { "aria-label": T.openStep, hidden: true });
    this.empty = h("div", { hidden: true });
    show(this.root, h("h1.sr", {}, T.sections.board), this.tools, this.bulk, this.empty, h("div.board", {}, this.lanes, this.side));
  }

  get map() {
    return this.model.state.map;
  }

  /** Steps that are shown, in the order of the columns. */
  visible() {
    return STAGES.flatMap((stage) => this.visibleOf(stage));
  }

  visibleOf(stage) {
    return stepsOf(this.map, stage).filter((step) => FILTERS[this.filter](step) && this.isFound(step));
  }

  isFound(step) {
    if (!this.search) return true;
    return step.phrase.toLowerCase().includes(this.search) || needsOf(this.map, step.id).some((need) => need.statement.toLowerCase().includes(this.search));
  }

  draw() {
    const { map, isLoaded } = this.model.state;
    this.empty.hidden = Boolean(map) || !isLoaded;
    this.lanes.hidden = !map;
    this.tools.hidden = !map;
    if (!map) {
      if (isLoaded) show(this.empty, emptyState(T.noMap, T.noMapHint, h("a.button.main", { href: to(["studies", this.model.id, "overview"]) }, T.toInterviews)));
      return;
    }
    const { named } = this.model;
    if (named.has(this.opened)) note({ open: (this.opened = named.get(this.opened)) });
    this.cursor = named.get(this.cursor) ?? this.cursor;
    const visible = this.visible();
    const ids = new Set(visible.map((step) => step.id));
    this.selected = new Set([...this.selected].filter((id) => ids.has(id)));
    if (this.cursor && !ids.has(this.cursor)) this.cursor = this.nearestTo(this.cursor, visible);
    this.cursor ??= visible[0]?.id ?? null;
    const hadFocus = document.activeElement?.closest?.(".card")?.dataset.id;
    for (const column of this.columns) column.draw();
    if (hadFocus && document.activeElement === document.body) this.focusCard(this.cursor);
    const steps = map.steps;
    const nSettled = steps.filter(isSettled).length;
    this.progress.textContent = nSettled || !this.mayDecide ? T.reviewedSteps(nSettled, steps.length) : T.howToBegin(steps.length);
    this.drawBulk();
    this.drawSide();
    this.order = visible.map((step) => step.id);
    this.fetchShortQuotes(visible);
  }

  /** The best quote of each card, all in one go, once. */
  async fetchShortQuotes(steps) {
    const wanted = steps.flatMap((step) => step.statements.slice(0, 1));
    const missing = wanted.filter((id) => !this.model.evidence.has(id) && !this.asked.has(id));
    if (!missing.length) return;
    missing.forEach((id) => this.asked.add(id));
    await this.model.quotesOf(missing).catch(() => {});
    if (!this.isClosed) this.draw();
  }

  /** Where the cursor goes when its card left: to the card that took its place. */
  nearestTo(id, visible) {
    const place = this.order?.indexOf(id) ?? -1;
    return (place < 0 ? visible[0] : (visible[Math.min(place, visible.length - 1)] ?? visible[0]))?.id ?? null;
  }

  drawBulk() {
    const n = this.selected.size;
    this.bulk.hidden = n === 0;
    if (!n) return;
    const chosen = () => this.visible().filter((step) => this.selected.has(step.id));
    const after = (work) => () => (work(chosen()), this.selected.clear(), this.draw());
    const stagePick = h("select", { "aria-label": T.moveSelected, on: { change: (e) => after((steps) => this.acts.many(steps, (s) => this.acts.moveStep(s, e.target.value), T.manyMoved))() } },
      h("option", { value: "" }, T.moveSelected), STAGES.map((stage) => h("option", { value: stage }, T.stages[stage])));
    show(this.bulk, h("strong", {}, T.nSelected(n)),
      h("button", { type: "button", on: { click: after((steps) => this.acts.many(steps, (s) => this.acts.approve(s), T.manyApproved)) } }, T.approve),
      h("button", { type: "button", on: { click: after((steps) => this.acts.many(steps, (s) => this.acts.reject(s), T.manyRejected)) } }, T.reject),
      n > 1 && h("button", { type: "button", on: { click: after(([first, ...others]) => this.acts.merge(first, others)) } }, T.mergeSelected),
      stagePick,
      h("button.plain", { type: "button", on: { click: () => (this.selected.clear(), this.draw()) } }, T.clearSelection));
  }

  drawSide() {
    const step = this.opened && entryOf(this.map, this.opened);
    this.side.hidden = !step;
    this.root.classList.toggle("with-side", Boolean(step));
    if (!step) {
      this.panel = null;
      return;
    }
    if (this.panel?.id !== step.id) {
      this.panel = stepPanel(step.id, { model: this.model, acts: this.acts, onClose: () => this.open(null), onOpen: (id) => this.open(id) });
      show(this.side, this.panel.element);
    }
    this.panel.draw(step);
  }

  open(id) {
    const from = this.opened;
    this.opened = id;
    if (id) this.cursor = id;
    note({ open: id });
    this.draw();
    if (id) this.panel?.focus();
    else this.focusCard(from ?? this.cursor);
  }

  toggle(id, isSelected = !this.selected.has(id)) {
    if (isSelected) this.selected.add(id);
    else this.selected.delete(id);
    this.draw();
  }

  setCursor(id, { focus = true } = {}) {
    this.cursor = id;
    if (this.opened && id) this.opened = id;
    this.draw();
    if (focus) this.focusCard(id);
  }

  focusCard(id) {
    const card = this.cards.get(id)?.element;
    if (!card) return;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  edit(id) {
    this.editing = id;
    this.draw();
    const field = this.cards.get(id)?.element.querySelector("textarea");
    field?.focus();
    field?.select();
  }

  doneEditing(step, text) {
    this.editing = null;
    if (text !== null) this.acts.edit(step, text);
    this.draw();
    this.focusCard(step.id);
  }

  // Dragging.

  /** Put the dragged step where it was dropped: on a card to merge, beside one to order, on a column to move. */
  drop(draggedId, { stage, onto, after }) {
    const dragged = entryOf(this.map, draggedId);
    if (!dragged || isForetold(draggedId)) return;
    if (onto && onto !== draggedId) this.acts.merge(entryOf(this.map, onto), [dragged]);
    else if (dragged.stage !== stage) this.acts.moveStep(dragged, stage);
    else if (after !== undefined && after !== draggedId) this.acts.reorder(dragged, after);
    this.cursor = onto ?? draggedId;
  }

  // Keys.

  keys() {
    const step = () => (this.cursor && this.map ? entryOf(this.map, this.cursor) : null);
    const on = (work) => () => {
      const found = step();
      if (!found) return false;
      if (isForetold(found.id)) return tell(T.notYet);
      return void work(found);
    };
    const by = (n) => () => {
      const visible = this.visible();
      const place = visible.findIndex((s) => s.id === this.cursor);
      const next = visible[Math.max(0, Math.min(visible.length - 1, place < 0 ? 0 : place + n))];
      if (next) this.setCursor(next.id);
    };
    const column = (n) => () => {
      const at = STAGES.indexOf(step()?.stage ?? STAGES[0]);
      const row = this.visibleOf(STAGES[at]).findIndex((s) => s.id === this.cursor);
      for (let i = at + n; i >= 0 && i < STAGES.length; i += n) {
        const others = this.visibleOf(STAGES[i]);
        if (others.length) return this.setCursor(others[Math.min(Math.max(row, 0), others.length - 1)].id);
      }
      return undefined;
    };
    const isOnBoard = (event) => !event.target.closest?.(".side") && !event.target.closest?.("button, a, summary");
    const arrows = (work) => (event) => (isOnBoard(event) ? void work() : false);
    return [
      { keys: ["j"], says: T.keys.next, does: by(1) },
      { keys: ["ArrowDown"], says: T.keys.next, does: arrows(by(1)), quietly: true },
      { keys: ["k"], says: T.keys.previous, does: by(-1) },
      { keys: ["ArrowUp"], says: T.keys.previous, does: arrows(by(-1)), quietly: true },
      { keys: ["l"], says: T.keys.nextColumn, does: column(1) },
      { keys: ["ArrowRight"], says: T.keys.nextColumn, does: arrows(column(1)), quietly: true },
      { keys: ["h"], says: T.keys.previousColumn, does: column(-1) },
      { keys: ["ArrowLeft"], says: T.keys.previousColumn, does: arrows(column(-1)), quietly: true },
      { keys: ["Enter", "o"], says: T.keys.open, does: (event) => (event.target.closest?.("button, a, summary, input") ? false : on((s) => this.open(s.id))()) },
      { keys: ["Escape"], says: T.keys.close, does: () => (this.opened ? this.open(null) : this.selected.size ? (this.selected.clear(), this.draw()) : false) },
      { keys: ["/"], says: T.keys.search, does: () => this.searchField.focus() },
      ...deciding(this.model, this.decidingKeys(on)),
    ];
  }

  decidingKeys(on) {
    return [
      { keys: ["a"], says: T.keys.approve, does: on((s) => this.acts.approve(s)) },
      { keys: ["r"], says: T.keys.reject, does: on((s) => this.acts.reject(s)) },
      { keys: ["e"], says: T.keys.edit, does: on((s) => this.edit(s.id)) },
      { keys: ["m"], says: T.keys.merge, does: on((s) => this.acts.askMerge(s)) },
      { keys: ["s"], says: T.keys.split, does: on((s) => this.acts.askSplit(s)) },
      ...STAGES.map((stage, i) => ({ keys: [String(i + 1)], says: T.keys.stage(T.stages[stage]), does: on((s) => this.acts.moveStep(s, stage)) })),
      { keys: ["Alt+ArrowUp"], says: T.keys.up, does: on((s) => this.acts.shift(s, -1)) },
      { keys: ["Alt+ArrowDown"], says: T.keys.down, does: on((s) => this.acts.shift(s, 1)) },
      { keys: ["n"], says: T.keys.need, does: on((s) => this.acts.askNeed(s)) },
      { keys: ["c"], says: T.keys.comment, does: on((s) => this.acts.askComment(s)) },
      { keys: ["x"], says: T.keys.select, does: on((s) => this.toggle(s.id)) },
    ];
  }
}

class Column {
  constructor(stage, i, board) {
    Object.assign(this, { stage, board });
    this.head = h("div.lane-head", {});
    this.gap = h("div.gap", {});
    this.list = h("ul.cards", { "aria-label": T.stages[stage] });
    this.element = h("section.lane", { "data-stage": stage, "aria-labelledby": `lane-${stage}` }, this.head, this.gap, this.list);
    this.number = i + 1;
    this.acceptDrops();
  }

  draw() {
    const { board, stage } = this;
    const told = stagesOf(board.map)[this.number - 1];
    const steps = board.visibleOf(stage);
    const all = stepsOf(board.map, stage).filter(isThere).length;
    const heading = `${this.number}|${steps.length}|${all}|${told.status}`;
    if (this.heading !== heading) {
      this.heading = heading;
      this.element.dataset.status = told.status;
      show(this.head, h("h2", { id: `lane-${stage}` }, h("span.ordinal", {}, this.number), " ", T.stages[stage]),
        h("span.count", {}, steps.length === all ? T.nSteps(all) : T.someSteps(steps.length, all)), h("p.definition", {}, T.definitions[stage]));
    }
    const gap = JSON.stringify([told.status, told.nearest, told.ask]);
    if (this.gapShown !== gap) {
      this.gapShown = gap;
      show(this.gap, told.status !== "covered" && this.gapNote(told));
    }
    arrange(this.list, steps.map((step) => this.card(step)));
  }

  /** What is known of a thin or missing stage, and the question to ask. */
  gapNote(told) {
    const nearest = h("div", {});
    const details = h("details.gap-note", { on: { toggle: () => details.open && !nearest.firstChild && show(nearest, quoteList(this.board.model, told.nearest)) } },
      h("summary", {}, h("strong", {}, T.stageStatus[told.status]), " ", T.gap(told)),
      told.ask && h("p.ask", {}, h("span.soft", {}, T.askNext, " "), words(told.ask, "q")),
      told.nearest?.length > 0 && [h("h3", {}, T.nearest), nearest]);
    return details;
  }

  card(step) {
    const { board } = this;
    const { flashed } = board.model.state;
    const isPending = board.model.isPending(step.id);
    const nNeeds = needsOf(board.map, step.id).filter(isThere).length;
    const nPeople = nPeopleOf(board.model);
    const [quote] = board.model.quotesAtHand(step.statements.slice(0, 1));
    const isCurrent = board.cursor === step.id;
    const isEdited = board.editing === step.id;
    const shown = [step, isEdited, isPending, nNeeds, nPeople, quote];
    const known = board.cards.get(step.id);
    const element = known?.element ?? this.newCard(step.id);
    const isSame = known?.shown.every((value, i) => value === shown[i]);
    // A card that is being pointed at keeps its parts, or the click would find nothing to land on.
    if (!isSame && !(known?.shown[1] && isEdited)) this.fillCard(element, step, { isPending, nNeeds, nPeople, quote });
    board.cards.set(step.id, { element, shown });
    const box = element.querySelector("input[type=checkbox]");
    if (box) Object.assign(box, { checked: board.selected.has(step.id), tabIndex: isCurrent ? 0 : -1 });
    element.tabIndex = isCurrent ? 0 : -1;
    element.classList.toggle("current", isCurrent);
    element.classList.toggle("selected", board.selected.has(step.id));
    element.classList.toggle("pending", isPending);
    element.classList.toggle("flashed", flashed.has(step.id));
    element.classList.toggle("opened", board.opened === step.id);
    element.dataset.state = step.lost_support ? "lost" : step.state;
    return element;
  }

  newCard(id) {
    const { board } = this;
    const card = h("li.card", { "data-id": id, draggable: String(board.mayDecide) });
    card.addEventListener("click", (event) => {
      if (event.target.closest("button, input, textarea, a, label")) return;
      board.open(id);
    });
    card.addEventListener("focus", () => board.cursor !== id && board.setCursor(id, { focus: false }));
    card.addEventListener("dragstart", (event) => {
      event.dataTransfer.setData("text/plain", id);
      event.dataTransfer.effectAllowed = "move";
      board.dragged = id;
      card.classList.add("dragged");
    });
    card.addEventListener("dragend", () => ((board.dragged = null), card.classList.remove("dragged"), clearDropMarks(board.lanes)));
    return card;
  }

  fillCard(card, step, { isPending, nNeeds, nPeople, quote }) {
    const { board } = this;
    if (board.editing === step.id) {
      show(card, editor(step.phrase, (text) => board.doneEditing(step, text), { wordings: namesFor(board.model, step) }));
      return;
    }
    const box = board.mayDecide && h("input", { type: "checkbox", "aria-label": T.select(step.phrase), on: { change: (e) => board.toggle(step.id, e.target.checked) } });
    show(card,
      h("div.card-top", {}, box, words(step.phrase, "h3")),
      step.statements.length > 0 && h("p.short", { dir: "auto" }, quote && words(`“${quote.quote}”`, "span")),
      h("p.card-people", {}, peopleMark(step, nPeople), !isSettled(step) && confidenceMark(step.confidence)),
      h("p.card-foot", {}, stateMark(step), h("span.soft", {}, T.nNeeds(nNeeds)), step.need_quotes?.length > 0 && h("span.soft", { title: T.mayTell(step.need_quotes.length, nNeeds > 0) }, T.nMayTell(step.need_quotes.length, nNeeds > 0)), lintMark(step), step.n_comments > 0 && h("span.soft", {}, T.nComments(step.n_comments)), isPending && h("span.chip", {}, T.pending)));
  }

  acceptDrops() {
    this.element.addEventListener("dragover", (event) => {
      if (!this.board.dragged) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
      clearDropMarks(this.board.lanes);
      this.markDrop(event);
    });
    this.element.addEventListener("drop", (event) => {
      event.preventDefault();
      clearDropMarks(this.board.lanes);
      const dragged = this.board.dragged ?? event.dataTransfer.getData("text/plain");
      this.board.dragged = null;
      this.board.drop(dragged, { stage: this.stage, ...this.target(event) });
    });
  }

  markDrop(event) {
    const { onto, after, card } = this.target(event);
    this.element.classList.add("drop-lane");
    if (onto && onto !== this.board.dragged) card.classList.add("drop-onto");
    else if (card && after !== undefined) card.classList.add(after === card.dataset.id ? "drop-after" : "drop-before");
  }

  /** The middle of a card merges, its edges order. */
  target(event) {
    const card = event.target.closest?.(".card");
    if (!card) return {};
    const { top, height } = card.getBoundingClientRect();
    const share = (event.clientY - top) / height;
    if (share > 0.25 && share < 0.75) return { onto: card.dataset.id, card };
    if (share >= 0.75) return { after: card.dataset.id, card };
    return { after: card.previousElementSibling?.dataset.id ?? null, card };
  }
}

function clearDropMarks(lanes) {
  for (const marked of lanes.querySelectorAll(".drop-lane, .drop-onto, .drop-after, .drop-before")) marked.classList.remove("drop-lane", "drop-onto", "drop-after", "drop-before");
}

