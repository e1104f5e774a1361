// The review queue: the same suggestions one at a time, those first whose answer teaches most; with a blind mode.

import { post } from "../api.js";
import { h, show, words } from "../dom.js";
import { entryOf, isForetold, isSettled, isStep, isThere, needsOf, wordingOf } from "../jobmap.js";
import { useKeys } from "../keys.js";
import { confidenceMark, lintMark, peopleMark, stateMark } from "../marks.js";
import { tell, trying } from "../notices.js";
import { namesFor, needsFor } from "../offers.js";
import { quoteList } from "../quotes.js";
import { deciding, may } from "../rights.js";
import { place } from "../router.js";
import { STAGES } from "../stages.js";
import { T } from "../strings.js";
import { confirm } from "../dialogs.js";
import { Disputes } from "./disputes.js";
import { editor, emptyState, nPeopleOf } from "./fields.js";

const N_QUOTES = 6;
const PACE = "jtbd.pace";
const FIRST_PACE_S = 15;
// Somebody who went for a coffee did not think about one card all the while.
const LONGEST_S = 180;

/** Mount the queue. */
export function queue(root, context) {
  const view = new Queue(root, context);
  return () => view.close();
}

class Queue {
  constructor(root, { model, acts }) {
    Object.assign(this, { root, model, acts, mayDecide: may(model, "review"), what: place().query.get("what") ?? "steps", skipped: [], since: performance.now(), pace: keptPace() });
    this.disputes = new Disputes(model, () => this.draw());
    this.head = h("div.page-head", {});
    this.card = h("div", {});
    show(root, this.head, this.card);
    this.stops = [model.store.subscribe(() => this.draw()), useKeys(this.keys())];
    this.draw();
  }

  close() {
    this.stops.forEach((stop) => stop());
  }

  get map() {
    return this.model.state.map;
  }

  /** What is left to decide, in the order to decide it. */
  left() {
    if (this.what === "disputes") return this.disputes.left().sort((a, b) => this.skipped.indexOf(a.id) - this.skipped.indexOf(b.id));
    const entries = this.what === "steps" ? this.map.steps : this.map.needs.filter((need) => !need.step || isThere(entryOf(this.map, need.step) ?? {}));
    const open = entries.filter((entry) => !isSettled(entry) && !isForetold(entry.id));
    return open.sort((a, b) => this.skipped.indexOf(a.id) - this.skipped.indexOf(b.id) || teaches(b, this.map) - teaches(a, this.map));
  }

  draw() {
    const { map, isLoaded } = this.model.state;
    if (!map) {
      if (isLoaded) show(this.card, emptyState(T.noMap, T.noMapHint));
      return;
    }
    this.disputes.look();
    const left = this.left();
    if (this.current && !left.some((e) => e.id === this.current)) this.arrive();
    this.current = left[0]?.id ?? null;
    this.drawHead(left.length);
    const entry = left[0];
    const verdicts = this.what === "disputes" && entry && this.disputes.verdicts.get(entry.id);
    const shown = JSON.stringify([entry, this.what, verdicts, nPeopleOf(this.model)]);
    if (shown === this.shown || this.card.querySelector("textarea")) return;
    this.shown = shown;
    if (!entry) return void show(this.card, emptyState(T.queueDone, T.queueDoneHint));
    this.drawCard(entry);
  }

  arrive() {
    const seconds = Math.min((performance.now() - this.since) / 1000, LONGEST_S);
    this.pace = keepPace(this.pace, seconds);
    this.since = performance.now();
  }

  drawHead(nLeft) {
    const pick = (event) => ((this.what = event.target.value), (this.skipped = []), (this.shown = null), this.draw());
    const nDisputes = this.disputes.left().length;
    const shown = JSON.stringify([nLeft, this.what, this.map.blind, nDisputes, Math.round(this.pace)]);
    if (shown === this.headShown) return;
    this.headShown = shown;
    show(this.head, h("h1", {}, T.sections.queue),
      h("p.soft", { role: "status" }, nLeft ? T.queueLeft(nLeft, (nLeft * this.pace) / 60) : T.queueNothing),
      h("div.ways", {}, h("label.inline", {}, T.showing, h("select", { on: { change: pick } }, Object.keys(T.whats).filter((what) => what !== "disputes" || what === this.what || nDisputes > 0).map((what) => h("option", { value: what, selected: what === this.what }, T.whats[what])))),
        nDisputes > 0 && this.what !== "disputes" && h("button", { type: "button", on: { click: () => pick({ target: { value: "disputes" } }) } }, T.settle(nDisputes)),
        may(this.model, "analyse") && BLIND_WAYS[this.map.blind]?.(this)),
      this.map.blind === "open" && h("p.chip.warn", {}, T.blindNow));
  }

  async beginBlind() {
    if (!(await confirm({ title: T.beginBlind, body: h("p", {}, T.blindWhy), says: T.beginBlind }))) return;
    await this.blind("begin", T.blindBegun);
  }

  async reveal() {
    if (!(await confirm({ title: T.reveal, body: h("p", {}, T.revealWhy), says: T.reveal }))) return;
    await this.blind("reveal", T.revealed);
  }

  async blind(action, says) {
    await trying(async () => {
      await this.model.changing(() => post(`/studies/${this.model.id}/blind`, { act: action }));
      this.model.history = [];
      this.draw();
      tell(says);
    });
  }

  drawCard(entry) {
    const stage = isStep(entry) ? entry.stage : (entryOf(this.map, entry.step)?.stage ?? entry.stage);
    const quotes = quoteList(this.model, entry.statements.slice(0, N_QUOTES), { entry: entry.id });
    const needs = isStep(entry) ? needsOf(this.map, entry.id).filter(isThere) : [];
    const step = isStep(entry) ? null : entryOf(this.map, entry.step);
    const button = (says, key, does, kind = "") => h(`button${kind}`, { type: "button", on: { click: does } }, says, h("kbd", { "aria-hidden": "true" }, key));
    this.heading = h("div", {}, h("h2", { tabindex: -1 }, words(wordingOf(entry), "span")));
    show(this.card, h("article.sheet.queue-card", { "data-stage": stage ?? null },
      h("p.panel-marks", {}, stage && h("span.stage-chip", {}, T.stages[stage]), stateMark(entry), peopleMark(entry, nPeopleOf(this.model)), h("span.soft", {}, T.nQuotes(entry.statements.length)), lintMark(entry), confidenceMark(entry.confidence)),
      this.heading,
      entry.action_variable && h("p.soft", {}, words(entry.action_variable, "span")),
      step && h("p", {}, h("span.soft", {}, T.ofStep, " "), words(step.phrase, "q")),
      entry.lint?.length > 0 && h("ul.lint", {}, entry.lint.map((finding) => h("li", {}, finding.message))),
      this.what === "disputes" && this.disputes.view(entry, this.mayDecide && this.acts),
      h("div.act-bar", {},
        this.mayDecide && [button(T.approve, "a", () => this.acts.approve(entry), ".main"), button(T.edit, "e", () => this.edit(entry)), button(T.reject, "r", () => this.acts.reject(entry)), button(T.merge, "m", () => this.acts.askMerge(entry)),
          isStep(entry) && [button(T.split, "s", () => this.acts.askSplit(entry)), button(T.move, "1–6", () => this.acts.askStage(entry))]],
        button(T.skipIt, "j", () => this.skip(entry)), this.mayDecide && button(T.undo, "u", () => this.acts.undo())),
      quotes,
      needs.length > 0 && h("details", {}, h("summary", {}, T.needsOfStep(needs.length)), h("ul.plain-list", {}, needs.map((need) => words(need.statement, "li"))))));
  }

  edit(entry) {
    const done = (text) => {
      show(this.heading);
      this.shown = null;
      if (!text || !this.acts.edit(entry, text)) this.draw();
    };
    show(this.heading, editor(wordingOf(entry), done, isStep(entry) ? { wordings: namesFor(this.model, entry) } : { label: T.statement, wordings: [needsFor(this.model, entry.statements[0])] }));
    const field = this.heading.querySelector("textarea");
    field.focus();
    field.select();
  }

  /** Put an entry at the end of the queue, until the next visit. */
  skip(entry) {
    this.skipped = [...this.skipped.filter((id) => id !== entry.id), entry.id];
    this.since = performance.now();
    this.draw();
  }

  back() {
    const last = this.skipped.pop();
    if (!last) return false;
    this.draw();
    return undefined;
  }

  keys() {
    const on = (work) => () => {
      const entry = this.map && this.current && entryOf(this.map, this.current);
      return entry ? void work(entry) : false;
    };
    const onStep = (work) => on((entry) => isStep(entry) && work(entry));
    return [...deciding(this.model, [
      { keys: ["a"], says: T.keys.approve, does: on((e) => this.acts.approve(e)) },
      { keys: ["r"], says: T.keys.reject, does: on((e) => this.acts.reject(e)) },
      { keys: ["e"], says: T.keys.edit, does: on((e) => this.edit(e)) },
      { keys: ["m"], says: T.keys.merge, does: on((e) => this.acts.askMerge(e)) },
      { keys: ["s"], says: T.keys.split, does: onStep((e) => this.acts.askSplit(e)) },
      { keys: ["n"], says: T.keys.need, does: onStep((e) => this.acts.askNeed(e)) },
      { keys: ["c"], says: T.keys.comment, does: on((e) => this.acts.askComment(e)) },
      ...STAGES.map((stage, i) => ({ keys: [String(i + 1)], says: T.keys.stage(T.stages[stage]), does: onStep((e) => this.acts.moveStep(e, stage)) })),
    ]),
      { keys: ["j"], says: T.keys.skip, does: on((e) => this.skip(e)) },
      { keys: ["k"], says: T.keys.back, does: () => this.back() },
    ];
  }
}

// A run is reviewed blind once: where that is over, there is no way to begin again.
const BLIND_WAYS = {
  open: (view) => h("button", { type: "button", on: { click: () => view.reveal() } }, T.reveal),
  null: (view) => h("button.plain", { type: "button", title: T.blindWhy, on: { click: () => view.beginBlind() } }, T.beginBlind),
};

/** How much an answer about an entry teaches: much where the engine is unsure and many people stand behind it. */
function teaches(entry, map) {
  const sure = entry.confidence ?? (entry.origin === "said" ? 0.6 : 0.8);
  const doubt = 1 - Math.abs(2 * sure - 1);
  const support = Math.log2(1 + entry.n_participants) / Math.log2(2 + (map.n_participants ?? 10));
  return doubt * 0.5 + support;
}

function keptPace() {
  try {
    return Number(localStorage.getItem(PACE)) || FIRST_PACE_S;
  } catch {
    return FIRST_PACE_S;
  }
}

function keepPace(pace, seconds) {
  const next = pace * 0.85 + seconds * 0.15;
  try {
    localStorage.setItem(PACE, next.toFixed(1));
  } catch {
    // Kept for this visit only.
  }
  return next;
}
