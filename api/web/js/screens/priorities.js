// Where people struggle most, and what follows: a roadmap first, then what it rests on. Every figure opens the words behind it.

import { address, get } from "../api.js";
import { h, show, words } from "../dom.js";
import { faultText } from "../notices.js";
import { may } from "../rights.js";
import { place, to } from "../router.js";
import { T, number } from "../strings.js";
import { TO_LEAVE_OUT, choiceOf, choose, queryOf, surveyPicker, surveysOf } from "../survey_choice.js";
import { warningList } from "./answers.js";
import { emptyState } from "./fields.js";
import { features } from "./features.js";
import { checks, heard, ownWords, pay, roadmap, scores, segments, solutions, stages } from "./priority_parts.js";

const PARTS = { roadmap, scores, segments, solutions, stages, pay, features, interviews: heard, words: ownWords, checks };
// What can be told before anybody was surveyed.
const EARLY = ["interviews", "solutions", "features", "words", "checks"];
const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** Mount the priorities of a study. */
export function priorities(root, { model }) {
  const view = new PrioritiesScreen(root, model);
  return () => view.close();
}

class PrioritiesScreen {
  constructor(root, model) {
    Object.assign(this, { root, model, part: place().query.get("part") });
    show(root, h("h1", {}, T.sections.priorities), h("p.soft", { role: "status" }, T.priorities.working));
    this.stop = model.store.subscribe(() => this.drawStale());
    this.load().catch((fault) => this.failed(fault));
  }

  close() {
    this.stop();
    this.isClosed = true;
  }

  /** What the figures are asked for with. */
  get query() {
    return { ...queryOf(choiceOf(this.model.id)), survey: this.chosen?.id ?? "" };
  }

  async load() {
    const { model } = this;
    const own = (this.turn = (this.turn ?? 0) + 1);
    if (!model.state.map) return model.state.isLoaded && show(this.root, h("h1", {}, T.sections.priorities), emptyState(T.noMap, T.noMapHint, h("a.button.main", { href: to(["studies", model.id, "overview"]) }, T.toInterviews)));
    this.revision = model.state.served.revision;
    const [{ surveys, chosen }, mayChange] = await Promise.all([surveysOf(model), may(model, "analyse"), model.state.transcripts ?? model.loadTranscripts()]);
    this.chosen = chosen;
    const [found, opened, listed] = await Promise.all([get(`/studies/${model.id}/priorities`, { query: this.query }), chosen && get(`/studies/${model.id}/surveys/${chosen.id}`), get(`/studies/${model.id}/features`)]);
    // Somebody who chooses otherwise meanwhile does not see what they no longer want.
    if (this.isClosed || own !== this.turn) return undefined;
    Object.assign(this, { surveys, mayChange, found, questionnaire: opened?.questionnaire ?? null, features: listed });
    this.draw();
    return undefined;
  }

  /** Say why there is nothing to show, and offer to begin again without what was chosen. */
  failed(fault) {
    if (this.isClosed) return;
    if (!["Unreachable", "Refused"].includes(fault.name)) console.error(fault);
    const over = () => {
      choose(this.model.id, { survey: "", leaveOut: [], segmentBy: "" });
      this.load().catch((again) => this.failed(again));
    };
    show(this.root, h("h1", {}, T.sections.priorities), h("p.fault", { role: "alert" }, words(faultText(fault), "span")), h("div.ways", {}, h("button", { type: "button", on: { click: over } }, T.priorities.startOver)));
  }

  /** Work everything out again, with what was chosen or written since. */
  async again() {
    this.root.setAttribute("aria-busy", "true");
    this.said.textContent = T.priorities.working;
    await this.load().catch((fault) => this.failed(fault));
    this.root.removeAttribute("aria-busy");
  }

  choose(changes) {
    choose(this.model.id, changes, { part: this.part });
    this.again();
  }

  draw() {
    const { found, model } = this;
    const focused = this.root.contains(document.activeElement) ? document.activeElement.id : "";
    const isSurveyed = found.n_respondents > 0;
    this.said = h("p.soft.working", { role: "status" });
    this.stale = h("div", {});
    this.drawn = {};
    const names = isSurveyed ? Object.keys(PARTS).filter((name) => name !== "pay" || found.pay.length) : EARLY;
    if (!names.includes(this.part)) this.part = names[0];
    this.tabs = names.map((name) => h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "part", on: { click: () => this.open(name), keydown: (event) => this.step(event, names, name) } }, T.priorities.parts[name]));
    this.panel = h("div.part-body", { id: "part", role: "tabpanel", tabindex: -1 });
    const page = h("a.button", { href: address(`/studies/${model.id}/priorities/page`, this.query), target: "_blank", rel: "noopener" }, T.priorities.asPage);
    show(this.root, h("div.page-head", {}, h("h1", {}, T.sections.priorities), h("div.ways", {}, surveyPicker(this.surveys, this.chosen, (id) => this.choose({ survey: id })), page)), this.stale,
      found.is_synthetic && isSurveyed && h("p.lint.synthetic", { role: "note" }, T.priorities.synthetic),
      !isSurveyed && h("div.lint.early", { role: "note" }, h("p", {}, h("strong", {}, T.priorities.early), " ", T.priorities.earlyHint), h("a", { href: to(["studies", model.id, this.surveys.length ? "answers" : "survey"]) }, this.surveys.length ? T.priorities.toAnswers : T.answers.toSurvey)),
      this.figures(isSurveyed), isSurveyed && warningList(found.warnings), isSurveyed && this.controls(), this.said,
      h("div.part-tabs", { role: "tablist", "aria-label": T.priorities.partsOf }, this.tabs), this.panel);
    this.drawStale();
    this.open(this.part);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  figures(isSurveyed) {
    const { found } = this;
    const says = T.priorities.figures;
    const rows = [[says.interviewed, found.n_interviewed], ...(isSurveyed ? [[found.is_synthetic ? says.madeUp : says.respondents, found.n_respondents], [says.counted, found.n_counted]] : []), [says.steps, found.interview_signal.length]];
    return h("dl.tally.sheet", {}, rows.map(([text, n]) => h("div", {}, h("dt", {}, text), h("dd", {}, number(n)))));
  }

  controls() {
    const { leaveOut, segmentBy } = choiceOf(this.model.id);
    const boxes = TO_LEAVE_OUT.map((oddity) => h("input", { type: "checkbox", id: `leave-${oddity}`, value: oddity, props: { checked: leaveOut.includes(oddity) }, on: { change: () => this.choose({ leaveOut: boxes.filter((box) => box.checked).map((box) => box.value) }) } }));
    const nOf = (oddity) => this.found.respondents.filter((person) => person[oddity]).length;
    const asked = this.questionnaire.questions.filter(({ part }) => ["profile", "solution"].includes(part));
    const group = h("select", { id: "segment-by", on: { change: (event) => this.choose({ segmentBy: event.target.value }) } }, h("option", { value: "" }, T.priorities.segmentsFound), asked.map((question) => h("option", { value: question.id, selected: question.id === segmentBy }, question.attribute ?? question.text)));
    return h("div.tools", {}, h("fieldset.leave-out", {}, h("legend", {}, T.answers.leave), boxes.map((box, i) => h("label.check", {}, box, `${T.answers.oddities[TO_LEAVE_OUT[i]][0]} (${number(nOf(TO_LEAVE_OUT[i]))})`))),
      h("label.inline", {}, T.priorities.segmentBy, group));
  }

  /** Say so where the map has gone on since the figures were worked out. */
  drawStale() {
    const isStale = this.stale && this.model.state.served?.revision !== this.revision;
    if (!this.stale || isStale === Boolean(this.stale.firstChild)) return;
    show(this.stale, isStale && h("p.lint", { role: "status" }, T.priorities.stale, " ", h("button.link", { type: "button", on: { click: () => this.again() } }, T.priorities.upToDate)));
  }

  step(event, names, name) {
    const by = STEPS[event.key];
    if (!by) return;
    event.preventDefault();
    this.open(names[(names.indexOf(name) + by + names.length) % names.length]);
    this.tabs.find((tab) => tab.id === `tab-${this.part}`).focus();
  }

  open(name) {
    this.part = name;
    choose(this.model.id, {}, { part: name });
    for (const tab of this.tabs) {
      const isOpen = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", String(isOpen));
      tab.tabIndex = isOpen ? 0 : -1;
      if (isOpen) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    this.panel.setAttribute("aria-labelledby", `tab-${name}`);
    // What was opened or written in a part is still so when one comes back to it.
    this.drawn[name] ??= PARTS[name](this);
    show(this.panel, h("h2.sr", {}, T.priorities.parts[name]), this.drawn[name]);
  }
}

