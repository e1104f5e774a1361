// An interview as it was said, with what was found in it. Text that is selected becomes evidence, a step or a need.

import { get } from "../api.js";
import { ask, choose } from "../dialogs.js";
import { h, printable, show, words } from "../dom.js";
import { entryOf, isStep, isThere, wordingOf } from "../jobmap.js";
import { useKeys } from "../keys.js";
import { stateMark } from "../marks.js";
import { trying } from "../notices.js";
import { deciding, may } from "../rights.js";
import { go, place, to } from "../router.js";
import { STAGES } from "../stages.js";
import { T } from "../strings.js";
import { emptyState, labelled } from "./fields.js";

/** Mount an interview, or the choice of one. */
export function transcripts(root, context) {
  const view = new TranscriptScreen(root, context);
  return () => view.close();
}

class TranscriptScreen {
  constructor(root, { model, acts, rest }) {
    const { query } = place();
    Object.assign(this, { root, model, acts, mayDecide: may(model, "review"), id: rest[0], entryId: query.get("entry"), quoteId: query.get("quote"), turn: query.get("turn"), filter: "all", marks: [], current: -1, stops: [] });
    show(root, h("h1.sr", {}, T.sections.transcripts), h("p.soft", { role: "status" }, T.loading));
    trying(() => this.load());
  }

  close() {
    this.isClosed = true;
    this.stops.forEach((stop) => stop());
  }

  async load() {
    const { model } = this;
    if (!model.state.transcripts) await model.loadTranscripts();
    const all = model.state.transcripts;
    if (!all.length) return void show(this.root, h("h1.sr", {}, T.sections.transcripts), emptyState(T.noInterviews, T.dropHint, h("a.button.main", { href: to(["studies", model.id, "overview"]) }, T.toInterviews)));
    if (!this.id) return void this.list(all);
    const query = { offsets: "utf16", highlights: model.state.map?.run?.id };
    this.interview = await get(`/studies/${model.id}/transcripts/${this.id}`, { query });
    if (this.isClosed) return undefined;
    this.build(all);
    this.stops.push(model.store.subscribe(() => this.recolour()), useKeys(this.keys()));
    if (this.mayDecide) {
      const onSelect = () => this.offerSelection();
      document.addEventListener("selectionchange", onSelect);
      this.stops.push(() => document.removeEventListener("selectionchange", onSelect));
    }
    this.goTo();
    return undefined;
  }

  list(all) {
    show(this.root, h("h1", {}, T.sections.transcripts), h("ul.study-list", {}, all.map((one) => h("li.study-card", {},
      h("h2", {}, h("a", { href: to(["studies", this.model.id, "transcripts", one.id]) }, words(one.name ?? one.id))),
      h("p.soft", {}, T.nWords(one.n_words), " · ", T.nTurns(one.n_turns)), one.people?.length > 0 && h("p", {}, one.people.flatMap((p, i) => [i > 0 && ", ", words(p.speaker)]))))));
  }

  build(all) {
    const pickInterview = h("select", { "aria-label": T.interview, on: { change: (e) => go(["studies", this.model.id, "transcripts", e.target.value]) } }, all.map((one) => h("option", { value: one.id, selected: one.id === this.id }, printable(one.name ?? one.id))));
    const pickFilter = h("select", { on: { change: (e) => ((this.filter = e.target.value), this.applyFilter()) } }, Object.keys(T.turnFilters).map((name) => h("option", { value: name }, T.turnFilters[name])));
    this.walk = h("div.walk", {});
    this.text = h("div.talk", {}, this.turns());
    this.aside = h("aside.side.found", { "aria-label": T.found, "aria-live": "polite" }, h("div.panel", {}, h("p.soft", {}, T.foundHint)));
    this.offer = h("div.offer", { role: "toolbar", "aria-label": T.selected, hidden: true });
    const legend = h("ul.legend", { "aria-label": T.stage }, STAGES.map((stage) => h("li", { "data-stage": stage }, T.stages[stage])));
    show(this.root, h("h1", {}, words(this.interview.title || this.interview.name, "span")),
      h("div.tools", {}, pickInterview, h("label.inline", {}, T.showing, pickFilter), h("span.soft", {}, T.nFound(this.interview.highlights?.length ?? 0)), legend), this.walk,
      h("div.board", {}, this.text, this.aside), this.offer);
    this.drawWalk();
  }

  turns() {
    const byTurn = new Map();
    for (const found of this.interview.highlights ?? []) byTurn.set(found.turn, [...(byTurn.get(found.turn) ?? []), found]);
    this.index = this.entriesByStatement();
    return this.interview.turns.map((turn) => {
      const found = byTurn.get(turn.index) ?? [];
      const text = h("p.turn-text", { dir: "auto" }, this.pieces(turn, found));
      return h("div.turn", { id: `turn-${turn.index}`, "data-turn": turn.index, "data-role": turn.role, "data-led": found.some((f) => f.led), "data-explained": found.some((f) => this.index.has(f.id)) },
        h("p.turn-head", {}, words(turn.speaker, "strong"), turn.start !== null && h("span.soft.figure", {}, clock(turn.start)), this.mayDecide && turn.role === "participant" && h("button.plain.small.choose-words", { type: "button", "aria-label": T.chooseWordsOf(turn.index), on: { click: () => this.chooseWords(turn) } }, T.chooseWords)),
        text);
    });
  }

  /** The text of a turn, cut where something that was found begins or ends; the shortest on top. */
  pieces(turn, found) {
    const text = printable(turn.text);
    if (!found.length) return [text];
    const cuts = [...new Set([0, text.length, ...found.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
    return cuts.slice(0, -1).map((from, i) => {
      const to_ = cuts[i + 1];
      const over = found.filter(({ start, end }) => start <= from && end >= to_).sort((a, b) => a.end - a.start - (b.end - b.start));
      const piece = text.slice(from, to_);
      if (!over.length) return piece;
      const mark = h("mark", { tabindex: -1, "data-ids": over.map((f) => f.id).join(" ") }, piece);
      mark.found = over;
      this.colour(mark);
      if (over[0].start === from) this.marks.push(mark);
      mark.addEventListener("click", () => getSelection().isCollapsed && this.look(mark));
      mark.addEventListener("focus", () => this.tellOf(mark));
      return mark;
    });
  }

  /** What of the map holds each statement. */
  entriesByStatement() {
    const index = new Map();
    const { map } = this.model.state;
    for (const entry of [...(map?.needs ?? []), ...(map?.steps ?? [])]) if (isThere(entry)) for (const id of entry.statements) index.set(id, entry);
    return index;
  }

  recolour() {
    this.index = this.entriesByStatement();
    for (const mark of this.text.querySelectorAll("mark")) this.colour(mark);
    this.drawWalk();
    if (this.shownMark) this.tellOf(this.shownMark);
  }

  colour(mark) {
    const [found] = mark.found;
    const entry = this.index.get(found.id);
    // Of thousands of marks an act changes a few.
    const look = JSON.stringify([this.entryId, mark.found.map((f) => this.index.get(f.id)).map((e) => e && [e.id, e.stage, wordingOf(e)])]);
    if (mark.look === look) return;
    mark.look = look;
    mark.dataset.stage = entry && isStep(entry) ? entry.stage : found.stage;
    mark.dataset.kind = found.kind;
    mark.classList.toggle("unused", !entry);
    mark.classList.toggle("led", found.led);
    mark.classList.toggle("of-entry", Boolean(this.entryId && entry?.id === this.entryId));
    mark.title = mark.found.map((f) => `${T.foundKinds[f.kind] ?? f.kind}: ${printable(this.nameOf(f))}`).join("\n");
  }

  nameOf(found) {
    const entry = this.index.get(found.id);
    return entry ? wordingOf(entry) : `${found.phrase} (${T.unused})`;
  }

  look(mark) {
    this.current = this.marks.findIndex((m) => m.dataset.ids.split(" ")[0] === mark.dataset.ids.split(" ")[0]);
    mark.focus({ preventScroll: true });
    this.tellOf(mark);
  }

  /** Say at the side what was found here. */
  tellOf(mark) {
    this.shownMark = mark;
    for (const other of this.text.querySelectorAll("mark.looked-at")) other.classList.remove("looked-at");
    mark.classList.add("looked-at");
    const button = (says, does) => h("button.small", { type: "button", on: { click: does } }, says);
    show(this.aside, h("div.panel", { tabindex: 0, role: "group", "aria-label": T.found }, mark.found.map((found) => {
      const entry = this.index.get(found.id);
      const step = entry && (isStep(entry) ? entry : entryOf(this.model.state.map, entry.step));
      return h("section.found-one", { "data-stage": step?.stage ?? found.stage },
        h("p", {}, h("span.stage-chip", {}, T.stages[step?.stage ?? found.stage]), " ", h("span.soft", {}, T.foundKinds[found.kind] ?? found.kind), found.led && h("span.chip.warn", { title: T.ledWhy }, T.led)),
        entry ? [words(wordingOf(entry), "h2"), stateMark(entry), !isStep(entry) && step && h("p.soft", {}, T.ofStep, " ", words(step.phrase, "q"))] : h("p", {}, words(found.phrase, "q"), h("br"), h("span.soft", {}, T.unused)),
        h("div.act-bar", {},
          step && h("a.button.small", { href: to(["studies", this.model.id, "board"], { open: step.id }) }, T.openOnBoard),
          this.mayDecide && entry && entry.state !== "approved" && button(T.approve, () => this.acts.approve(entry)),
          entry && button(T.allQuotes, () => this.walkOf(entry)),
          this.mayDecide && button(entry ? T.giveQuote : T.giveToStep, () => this.give(found)),
          this.mayDecide && entry && button(T.setAside, () => this.acts.moveStatement(found.id, null))));
    })));
  }

  async give(found) {
    const target = found.kind === "need" ? await this.chooseNeed() : await this.acts.chooseStep(T.giveQuoteTitle);
    if (target) this.acts.moveStatement(found.id, target);
  }

  async chooseNeed() {
    const id = await choose({ title: T.giveQuoteTitle, label: T.need, choices: this.model.state.map.needs.filter(isThere).map((need) => this.acts.asChoice(need)) });
    return id ? entryOf(this.model.state.map, id) : null;
  }

  // The quotes of one entry, across interviews.

  walkOf(entry) {
    this.entryId = entry.id;
    this.recolour();
  }

  async drawWalk() {
    const entry = this.entryId && this.model.state.map && entryOf(this.model.state.map, this.entryId);
    if (!entry) return void show(this.walk);
    const quotes = await this.model.quotesOf(entry.statements).catch(() => []);
    const at = quotes.findIndex((q) => q.id === this.quoteId);
    const visit = (by) => {
      const next = quotes[(at + by + quotes.length) % quotes.length];
      if (!next) return;
      const target = { turn: next.turn, quote: next.id, entry: entry.id };
      if (next.transcript_id === this.id) {
        this.quoteId = next.id;
        this.turn = next.turn;
        history.replaceState(null, "", to(["studies", this.model.id, "transcripts", this.id], target));
        this.goTo();
        this.drawWalk();
      } else go(["studies", this.model.id, "transcripts", next.transcript_id], target);
    };
    this.visit = visit;
    show(this.walk, h("div.sheet.walk-bar", {}, h("span", {}, words(wordingOf(entry), "strong"), " ", h("span.soft", {}, T.quoteOf(at + 1, quotes.length))),
      h("button", { type: "button", on: { click: () => visit(-1) } }, T.previousQuote), h("button", { type: "button", on: { click: () => visit(1) } }, T.nextQuote),
      h("button.plain", { type: "button", on: { click: () => ((this.entryId = null), this.recolour()) } }, T.close)));
    return undefined;
  }

  /** Go to the turn and quote that the address names. */
  goTo() {
    const mark = this.quoteId && this.text.querySelector(`mark[data-ids~="${CSS.escape(this.quoteId)}"]`);
    const target = mark || (this.turn && this.text.querySelector(`#turn-${CSS.escape(this.turn)}`));
    if (!target) return;
    target.scrollIntoView({ block: "center" });
    if (mark) this.look(mark);
    // Turns that were never shown have no certain height: once they have, the place is elsewhere.
    requestAnimationFrame(() => requestAnimationFrame(() => target.scrollIntoView({ block: "center" })));
  }

  /** Whether the filter leaves a mark: told without asking the browser, which would lay out every turn for it. */
  isShown(mark) {
    const { role, led } = mark.closest(".turn").dataset;
    return this.filter === "all" || (this.filter === "led" ? led === "true" : role === "participant");
  }

  applyFilter() {
    this.text.dataset.filter = this.filter;
  }

  // Words that were selected.

  offerSelection() {
    const range = selectedRange(this.text);
    const turn = range && this.interview.turns[Number(range.turn.dataset.turn)];
    if (!range || turn.role !== "participant") {
      if (!this.offer.contains(document.activeElement)) this.offer.hidden = true;
      return;
    }
    this.chosen = this.placeOf(turn, range.start, range.end);
    this.drawOffer();
    const box = range.box;
    this.offer.style.setProperty("--top", `${Math.max(box.top - 52, 8)}px`);
    this.offer.style.setProperty("--left", `${Math.max(Math.min(box.left, innerWidth - 380), 8)}px`);
  }

  drawOffer() {
    const way = (says, does) => h("button.small", { type: "button", on: { mousedown: (e) => e.preventDefault(), click: () => ((this.offer.hidden = true), trying(() => does(this.chosen))) } }, says);
    show(this.offer, way(T.newStep, (c) => this.newStep(c)), way(T.newNeed, (c) => this.newNeed(c)), way(T.addToStep, (c) => this.addTo(c)));
    this.offer.hidden = !this.model.state.map;
  }

  placeOf(turn, start, end) {
    return { quote: turn.text.slice(start, end), place: { transcript: this.id, sha256: this.interview.sha256, turn: turn.index, start, end }, turn, start, end };
  }

  /** By keyboard: the words of a turn in a field where Shift and arrows select. */
  async chooseWords(turn) {
    // Not `readonly`: browsers move no caret in such a field.
    const field = h("textarea", { id: "turn-words", rows: 10, "aria-readonly": "true", props: { value: turn.text }, on: { beforeinput: (event) => event.preventDefault() } });
    const fault = h("p.fault", { role: "alert" });
    const chosen = await ask({
      title: T.chooseWordsTitle,
      isWide: true,
      body: [h("label", { for: "turn-words" }, T.chooseWordsHint), field, fault],
      actions: ["newStep", "newNeed", "addToStep"].map((name, i) => ({ says: T[name], value: name, kind: i ? "" : "main" })),
      onOpen: () => (field.focus(), field.setSelectionRange(0, 0)),
      read: (name) => {
        const { selectionStart: start, selectionEnd: end } = field;
        if (start === end) return (fault.textContent = T.chooseNone), field.focus(), undefined;
        return { name, chosen: this.placeOf(turn, start, end) };
      },
    });
    if (!chosen) return;
    const does = { newStep: (c) => this.newStep(c), newNeed: (c) => this.newNeed(c), addToStep: (c) => this.addTo(c) }[chosen.name];
    await trying(() => does(chosen.chosen));
  }

  async newStep({ quote, place: evidence }) {
    const phrase = h("input", { id: "step-words", autocomplete: "off" });
    const stage = h("select", { id: "step-stage" }, STAGES.map((name) => h("option", { value: name }, T.stages[name])));
    const answer = await ask({
      title: T.newStep, body: [quoted(quote), labelled("step-words", T.phrase, phrase, T.phraseHint), labelled("step-stage", T.stage, stage)],
      actions: [{ says: T.addStep, value: true, kind: "main" }], onOpen: () => phrase.focus(),
      read: () => (phrase.value.trim() ? { phrase: phrase.value.trim(), stage: stage.value } : (phrase.focus(), undefined)),
    });
    if (answer) this.acts.addStep(answer.phrase, answer.stage, [evidence]);
  }

  async newNeed({ quote, place: evidence }) {
    const statement = h("textarea", { id: "need-words", rows: 2, props: { value: "minimize the time it takes to " } });
    const { map } = this.model.state;
    const step = h("select", { id: "need-step" }, h("option", { value: "" }, T.noStep), map.steps.filter(isThere).map((s) => h("option", { value: s.id }, printable(s.phrase))));
    const answer = await ask({
      title: T.newNeed, body: [quoted(quote), labelled("need-words", T.statement, statement, T.statementHint), labelled("need-step", T.ofStep, step)],
      actions: [{ says: T.addNeed, value: true, kind: "main" }], onOpen: () => (statement.focus(), statement.setSelectionRange(999, 999)),
      read: () => (statement.value.trim() ? { statement: statement.value.trim(), step: step.value } : (statement.focus(), undefined)),
    });
    if (answer) this.acts.addNeed(answer.statement, answer.step ? entryOf(this.model.state.map, answer.step) : null, [evidence]);
  }

  /** Back a step by these words: by the statement that stands there, else by the words themselves. */
  async addTo({ place: evidence, turn, start, end }) {
    const step = await this.acts.chooseStep(T.addToStep);
    if (!step) return;
    const known = (this.interview.highlights ?? []).find((f) => f.kind === "action" && f.turn === turn.index && f.start === start && f.end === end);
    if (known) return void this.acts.moveStatement(known.id, step);
    this.acts.addEvidence(step, evidence);
  }

  keys() {
    const by = (n) => () => {
      if (!this.marks.length) return false;
      const shown = this.marks.filter((mark) => this.isShown(mark));
      const at = shown.indexOf(this.marks[this.current]);
      const next = shown[Math.max(0, Math.min(shown.length - 1, at + n))];
      if (!next) return false;
      next.scrollIntoView({ block: "center" });
      this.look(next);
      return undefined;
    };
    const entry = () => this.shownMark && this.index.get(this.shownMark.found[0].id);
    const on = (work) => () => (entry() ? void work(entry()) : false);
    return [
      { keys: ["j"], says: T.keys.nextFound, does: by(1) },
      { keys: ["k"], says: T.keys.previousFound, does: by(-1) },
      { keys: ["o"], says: T.keys.openOnBoard, does: on((e) => go(["studies", this.model.id, "board"], { open: isStep(e) ? e.id : e.step })) },
      { keys: ["]"], says: T.keys.nextQuote, does: () => (this.visit && this.entryId ? void this.visit(1) : false) },
      { keys: ["["], says: T.keys.previousQuote, does: () => (this.visit && this.entryId ? void this.visit(-1) : false) },
      ...deciding(this.model, [
        { keys: ["a"], says: T.keys.approve, does: on((e) => this.acts.approve(e)) },
        { keys: ["w"], says: T.keys.chooseWords, does: () => {
          const turn = (this.shownMark ?? document.activeElement)?.closest?.(".turn");
          return turn ? void this.chooseWords(this.interview.turns[Number(turn.dataset.turn)]) : false;
        } },
      ]),
    ];
  }
}

/** Where the selection lies within one turn of `text`, in UTF-16 units, by whole words; null where it does not. */
function selectedRange(text) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const holder = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest?.(".turn-text");
  const from = holder(range.startContainer);
  if (!from || from !== holder(range.endContainer) || !text.contains(from)) return null;
  const before = document.createRange();
  before.setStart(from, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const said = range.toString();
  const start = before.toString().length + (said.length - said.trimStart().length);
  const end = start + said.trim().length;
  return end > start ? { turn: from.closest(".turn"), ...toWords(from.textContent, start, end), box: range.getBoundingClientRect() } : null;
}

/** A place in a text, widened to whole words where it cuts one. */
function toWords(text, start, end) {
  const isCut = (at) => /[\p{L}\p{N}]{2}/u.test(text.slice(at - 1, at + 1));
  while (start > 0 && isCut(start)) start -= 1;
  while (end < text.length && isCut(end)) end += 1;
  return { start, end };
}

function quoted(text) {
  return h("blockquote.quoted", { dir: "auto" }, words(text, "span"));
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  const minutes = Math.floor(whole / 60) % 60;
  const tail = String(whole % 60).padStart(2, "0");
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

