// What people do to steps and needs, the same on every screen: what is asked first, the decision, and what is said after.

import { ask, askLine, choose } from "./dialogs.js";
import { h, show, words } from "./dom.js";
import { entryOf, isForetold, isStep, isThere, needsOf, similarSteps, stepsOf, wordingOf } from "./jobmap.js";
import { tell } from "./notices.js";
import { needBeginnings, needsFor, offersOnceThere, putInto } from "./offers.js";
import { quoteList } from "./quotes.js";
import { STAGES } from "./stages.js";
import { T } from "./strings.js";

/** The acts of one study in view. Each gives the act, or null where it was called off or nothing was to do. */
export class Acts {
  /** @param {import("./model.js").StudyModel} model */
  constructor(model) {
    this.model = model;
  }

  get map() {
    return this.model.state.map;
  }

  /** Send a decision and say so, with a way back. */
  do(decision, summary) {
    const act = this.model.act(decision, summary);
    if (act) tell(summary, { says: T.undoKey, does: () => this.undo() });
    return act;
  }

  undo() {
    const undone = this.model.undo();
    tell(undone ? T.undone(undone.summary) : T.nothingToUndo);
    return undone;
  }

  redo() {
    const redone = this.model.redo();
    tell(redone ? T.redone : T.nothingToRedo);
    return redone;
  }

  approve(entry) {
    return entry.state === "approved" ? null : this.do({ kind: "approve", entry: entry.id }, T.did.approve(wordingOf(entry)));
  }

  reject(entry) {
    return this.do({ kind: "reject", entry: entry.id }, T.did.reject(wordingOf(entry)));
  }

  edit(entry, text) {
    const said = text.trim();
    return !said || said === wordingOf(entry) ? null : this.do({ kind: "edit", entry: entry.id, text: said }, T.did.edit(said));
  }

  moveStep(step, stage) {
    return step.stage === stage ? null : this.do({ kind: "move_step", step: step.id, stage }, T.did.move(step.phrase, T.stages[stage]));
  }

  /** Put a step one place up (-1) or down (1) in its stage. */
  shift(step, by) {
    const others = stepsOf(this.map, step.stage).filter(isThere);
    const place = others.findIndex((s) => s.id === step.id);
    const target = place + by;
    if (target < 0 || target >= others.length) return null;
    const after = by > 0 ? others[target].id : (others[target - 1]?.id ?? null);
    return this.reorder(step, after);
  }

  reorder(step, after) {
    return this.do({ kind: "reorder", step: step.id, after }, T.did.reorder(step.phrase));
  }

  merge(into, entries) {
    const others = entries.filter((entry) => entry.id !== into.id);
    if (!others.length) return null;
    return this.do({ kind: "merge", into: into.id, entries: others.map((e) => e.id) }, T.did.merge(others.length, wordingOf(others[0]), wordingOf(into)));
  }

  comment(entry, text) {
    return this.do({ kind: "comment", entry: entry?.id ?? null, text }, T.did.comment);
  }

  moveNeed(need, step) {
    return this.do({ kind: "move_need", need: need.id, step: step?.id ?? null }, step ? T.did.moveNeed(step.phrase) : T.did.freeNeed);
  }

  moveStatement(statement, entry) {
    return this.do({ kind: "move_statement", statement, entry: entry?.id ?? null }, entry ? T.did.giveQuote(wordingOf(entry)) : T.did.setAside);
  }

  addStep(phrase, stage, evidence) {
    return this.do({ kind: "add_step", phrase, stage, evidence }, T.did.addStep(phrase));
  }

  addNeed(statement, step, evidence) {
    return this.do({ kind: "add_need", statement, step: step?.id ?? null, evidence }, T.did.addNeed(statement));
  }

  /** Back a step by words that are no statement. */
  addEvidence(step, evidence) {
    return this.do({ kind: "add_evidence", entry: step.id, evidence: [evidence] }, T.did.giveQuote(step.phrase));
  }

  /** Many at once, each its own decision, so that each can be taken back. */
  many(entries, decide, summary) {
    const acts = entries.map(decide).filter(Boolean);
    if (acts.length) tell(summary(acts.length), { says: T.undoAll, does: () => acts.forEach(() => this.undo()) });
    return acts;
  }

  // With a question first.

  async askEdit(entry) {
    const text = await askLine({ title: isStep(entry) ? T.editStep : T.editNeed, label: isStep(entry) ? T.phrase : T.statement, value: wordingOf(entry), hint: isStep(entry) ? T.phraseHint : T.statementHint, isLong: true, below: isStep(entry) ? undefined : (field) => [needBeginnings(field), this.needsFrom(entry.statements[0], field)] });
    return text === null ? null : this.edit(entry, text);
  }

  /** Needs that the program writes from a quote, to be put into the field with a press. */
  needsFrom(quote, field) {
    return offersOnceThere(needsFor(this.model, quote), (text) => putInto(field, text), field.value);
  }

  async askStage(step) {
    const stage = await choose({ title: T.moveTitle(step.phrase), label: T.stage, choices: STAGES.map((s, i) => ({ value: s, text: `${i + 1} ${T.stages[s]}`, hint: T.definitions[s], stage: s })) });
    return stage ? this.moveStep(step, stage) : null;
  }

  /** Merge this entry into another, which keeps its wording. */
  async askMerge(entry) {
    const into = await this.chooseLike(entry, T.mergeTitle(wordingOf(entry)), T.mergeInto);
    return into ? this.merge(into, [entry]) : null;
  }

  /** Choose another entry of the same sort: what means most nearly the same first, or shares words until that is known. */
  async chooseLike(entry, title, label) {
    const all = (isStep(entry) ? this.map.steps : this.map.needs).filter((e) => e.id !== entry.id && isThere(e) && !isForetold(e.id));
    const ordered = (first) => [...new Set([...first.filter((e) => all.includes(e)), ...all])].map((e) => this.asChoice(e));
    const sharing = isStep(entry) ? similarSteps(this.map, entry).map(({ step }) => step) : needsOf(this.map, entry.step);
    const better = this.model.alike(entry).then((found) => ordered(found.map(({ id }) => entryOf(this.map, id))), () => null);
    const id = await choose({ title, label, choices: ordered(sharing), better });
    return id ? entryOf(this.map, id) : null;
  }

  /** Choose any step. */
  async chooseStep(title) {
    const id = await choose({ title, label: T.step, choices: this.map.steps.filter((s) => isThere(s) && !isForetold(s.id)).map((s) => this.asChoice(s)) });
    return id ? entryOf(this.map, id) : null;
  }

  /** Choose any need, those of a step first. */
  async chooseNeed(step, title) {
    const own = needsOf(this.map, step.id);
    const all = [...own, ...this.map.needs.filter((need) => !own.includes(need))].filter((need) => isThere(need) && !isForetold(need.id));
    const id = await choose({ title, label: T.need, choices: all.map((need) => this.asChoice(need)) });
    return id ? entryOf(this.map, id) : null;
  }

  asChoice(entry) {
    const stage = isStep(entry) ? entry.stage : entryOf(this.map, entry.step)?.stage;
    return { value: entry.id, text: wordingOf(entry), hint: isStep(entry) ? `${T.stages[stage]} · ${T.people(entry.n_participants)}` : "", stage };
  }

  /** Split a step by choosing quotes, and needs that go with them. */
  async askSplit(step) {
    if (step.statements.length < 2) {
      tell(T.cannotSplit);
      return null;
    }
    const phrase = h("input", { id: "split-phrase", autocomplete: "off" });
    const chosen = new Set();
    const needsChosen = new Set();
    const box = (id, set, name) => h("input", { type: "checkbox", "aria-label": name, on: { change: (e) => (e.target.checked ? set.add(id) : set.delete(id)) } });
    const quotes = quoteList(this.model, step.statements, { beside: (quote) => ({ before: box(quote.id, chosen, T.takeQuote(quote.quote)) }) });
    quotes.classList.add("choosable");
    const needs = needsOf(this.map, step.id).filter(isThere);
    const fault = h("p.fault", { role: "alert" });
    return ask({
      title: T.splitTitle(step.phrase),
      isWide: true,
      body: [
        h("label", { for: "split-phrase" }, T.splitPhrase), phrase, fault, h("p.hint", {}, T.splitHint), quotes,
        needs.length > 0 && [h("h3", {}, T.needsThatGo), h("ul.choosable.plain-list", {}, needs.map((need) => h("li", {}, h("label.check", {}, box(need.id, needsChosen, need.statement), words(need.statement, "span")))))],
      ],
      actions: [{ says: T.split, value: true, kind: "main" }],
      onOpen: () => phrase.focus(),
      read: () => {
        const problem = !chosen.size ? T.splitNone : chosen.size === step.statements.length ? T.splitAll : !phrase.value.trim() ? T.splitNameless : "";
        fault.textContent = problem;
        if (problem) return problem === T.splitNameless ? (phrase.focus(), undefined) : undefined;
        return { statements: [...chosen], needs: [...needsChosen], phrase: phrase.value.trim() };
      },
    }).then((answer) => answer && this.do({ kind: "split", step: step.id, ...answer }, T.did.split(answer.phrase)));
  }

  /** Add a need of a step, backed by its quotes and those beside it; one of them may be chosen already. */
  async askNeed(step, first = null) {
    const field = h("textarea", { id: "need-words", rows: 2, autocomplete: "off", props: { value: first?.phrase ?? "minimize the time it takes to " } });
    const chosen = new Map(first && [[first.id, first]]);
    const written = h("div", {}, first && this.needsFrom(first.id, field));
    const take = (quote) => (chosen.set(quote.id, quote), show(written, this.needsFrom(quote.id, field)));
    const box = (quote) => h("input", { type: "checkbox", "aria-label": T.takeQuote(quote.quote), props: { checked: chosen.has(quote.id) }, on: { change: (e) => (e.target.checked ? take(quote) : chosen.delete(quote.id)) } });
    const ids = [...(step.need_quotes ?? []), ...step.statements].sort((a, b) => (b === first?.id) - (a === first?.id));
    const quotes = quoteList(this.model, ids, { beside: (quote) => ({ before: box(quote) }) });
    quotes.classList.add("choosable");
    const fault = h("p.fault", { role: "alert" });
    const answer = await ask({
      title: T.addNeedTitle(step.phrase),
      isWide: true,
      body: [h("label", { for: "need-words" }, T.statement), field, h("p.hint", {}, first?.phrase ? T.draftHint : T.statementHint), written, needBeginnings(field), h("h3", {}, T.needQuotes), quotes, fault],
      actions: [{ says: T.addNeed, value: true, kind: "main" }],
      onOpen: () => (field.focus(), field.setSelectionRange(field.value.length, field.value.length)),
      read: () => {
        const problem = !field.value.trim() ? T.needNameless : !chosen.size ? T.needNoQuote : "";
        fault.textContent = problem;
        return problem ? undefined : { statement: field.value.trim(), quotes: [...chosen.values()] };
      },
    });
    if (!answer) return null;
    return this.addNeed(answer.statement, step, placesOf(answer.quotes));
  }

  async askComment(entry) {
    const text = await askLine({ title: T.commentTitle, label: T.comment, isLong: true, says: T.send });
    return text === null ? null : this.comment(entry, text);
  }
}

/** Quotes as places in transcripts, as decisions name them. */
function placesOf(quotes) {
  return quotes.map(({ transcript_id: transcript, turn, start, end }) => ({ transcript, turn, start, end }));
}
