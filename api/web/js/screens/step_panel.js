// A step opened at the side of the board: its quotes, its needs in both writings, why it was proposed, what is like it.

import { h, show, svg, words } from "../dom.js";
import { entryOf, isForetold, isSettled, isThere, needsOf, similarSteps } from "../jobmap.js";
import { lintMark, peopleMark, stateMark } from "../marks.js";
import { namesFor } from "../offers.js";
import { quoteList } from "../quotes.js";
import { may } from "../rights.js";
import { STAGES } from "../stages.js";
import { T, moment, share } from "../strings.js";
import { editor, nPeopleOf } from "./fields.js";

const N_QUOTES_FIRST = 8;
const N_ALIKE = 5;
// Below this cosine two phrases have little more in common than their grammar.
const ALIKE = 0.35;

/** Make the panel of a step; `draw(step)` fills it, and again whenever the step changed. */
export function stepPanel(id, { model, acts, onClose, onOpen }) {
  return new StepPanel(id, { model, acts, onClose, onOpen });
}

class StepPanel {
  constructor(id, context) {
    Object.assign(this, { id, ...context, areAllQuotes: false, isMayTellOpen: false, writing: "statement", mayDecide: may(context.model, "review") });
    this.close = h("button.plain", { type: "button", on: { click: () => this.onClose() } }, T.close);
    this.body = h("div.panel-body", {});
    this.element = h("div.panel", { tabindex: -1 }, h("div.panel-head", {}, h("span.soft", {}, T.step), this.close), this.body);
  }

  focus() {
    this.element.focus({ preventScroll: true });
    this.element.scrollTop = 0;
  }

  draw(step) {
    const { map } = this.model.state;
    const needs = needsOf(map, step.id).filter(isThere);
    const comments = (map.comments ?? []).filter((comment) => comment.entry === step.id);
    const shown = JSON.stringify([step, needs, comments, this.areAllQuotes, this.writing, nPeopleOf(this.model)]);
    if (shown === this.shown || this.body.querySelector("textarea")) return;
    this.shown = shown;
    this.element.dataset.stage = step.stage;
    show(this.body,
      this.heading(step), this.mayDecide && this.buttons(step), this.lint(step), this.quotes(step), this.needs(step, needs), this.against(step),
      this.why(step), this.similar(step), this.comments(step, comments));
  }

  redraw() {
    this.shown = null;
    const step = this.model.state.map?.steps.find((s) => s.id === this.id);
    if (step) this.draw(step);
  }

  heading(step) {
    const place = h("div", {});
    const heading = words(step.phrase, "h2");
    show(place, heading, h("p.panel-marks", {}, h("span.stage-chip", {}, T.stages[step.stage]), stateMark(step), peopleMark(step, nPeopleOf(this.model)), h("span.soft", {}, T.nQuotes(step.statements.length))));
    if (step.suggested_phrase && step.suggested_phrase !== step.phrase) place.append(h("p.soft", {}, T.wasSuggested, " ", words(step.suggested_phrase, "q")));
    this.editPlace = place;
    return place;
  }

  edit(step) {
    const done = (text) => (show(this.editPlace), text !== null && this.acts.edit(step, text), this.redraw(), this.focus());
    show(this.editPlace, editor(step.phrase, done, { wordings: namesFor(this.model, step) }));
    const field = this.editPlace.querySelector("textarea");
    field.focus();
    field.select();
  }

  buttons(step) {
    const button = (says, key, does, kind = "") => h(`button${kind}`, { type: "button", disabled: isForetold(step.id), on: { click: does } }, says, h("kbd", { "aria-hidden": "true" }, key));
    return h("div.act-bar", {},
      button(T.approve, "a", () => this.acts.approve(step), ".main"),
      button(T.edit, "e", () => this.edit(step)),
      button(T.reject, "r", () => this.acts.reject(step)),
      button(T.merge, "m", () => this.acts.askMerge(step)),
      button(T.split, "s", () => this.acts.askSplit(step)),
      button(T.move, "1–6", () => this.acts.askStage(step)),
      button(T.addNeed, "n", () => this.acts.askNeed(step)),
      button(T.comment, "c", () => this.acts.askComment(step)));
  }

  lint(step) {
    return step.lint?.length > 0 && h("ul.lint", { "aria-label": T.hints }, step.lint.map((finding) => h("li", {}, finding.message)));
  }

  quotes(step) {
    const ids = this.areAllQuotes ? step.statements : step.statements.slice(0, N_QUOTES_FIRST);
    const nMore = step.statements.length - ids.length;
    const beside = (quote) => ({ after: this.mayDecide && h("div.quote-acts", {}, h("button.plain.small", { type: "button", on: { click: () => this.give(step, quote) } }, T.giveQuote)) });
    return h("section", {}, h("h3", {}, T.saidBy(step.statements.length)),
      quoteList(this.model, ids, { beside, entry: step.id }),
      nMore > 0 && h("button.plain", { type: "button", on: { click: () => ((this.areAllQuotes = true), this.redraw()) } }, T.moreQuotes(nMore)));
  }

  /** Give a quote to another step, or set it aside. */
  async give(step, quote) {
    const other = await this.acts.chooseLike(step, T.giveQuoteTitle, T.step);
    if (other) this.acts.moveStatement(quote.id, other);
  }

  needs(step, needs) {
    const writings = h("div.switch", { role: "group", "aria-label": T.writing },
      ["statement", "action_variable"].map((writing) => h("button.plain.small", { type: "button", "aria-pressed": String(this.writing === writing), on: { click: () => ((this.writing = writing), this.redraw()) } }, T.writings[writing])));
    return h("section", {}, h("div.section-head", {}, h("h3", {}, T.needsOfStep(needs.length)), needs.length > 0 && writings),
      needs.length ? h("ul.need-list", {}, needs.map((need) => this.need(need))) : h("p.soft", {}, T.noNeeds),
      step.need_quotes?.length > 0 && this.mayTell(step, needs));
  }

  /** Quotes that no need holds, each with the ways to make one tell a need, or to set it aside as telling none. */
  mayTell(step, needs) {
    const button = (quote, says, does) => h("button.plain.small", { type: "button", "aria-label": `${says} ${quote.quote}`, on: { click: does } }, says);
    const beside = (quote) => ({ after: this.mayDecide && h("div.quote-acts", {},
      button(quote, T.writeNeed, () => this.acts.askNeed(step, quote)),
      needs.length > 0 && button(quote, T.giveToNeed, () => this.giveToNeed(step, quote)),
      button(quote, T.setAside, () => this.acts.moveStatement(quote.id, null))) });
    const quotes = h("div", {});
    const fill = () => {
      this.isMayTellOpen = details.open;
      if (details.open && !quotes.firstChild) show(quotes, h("p.hint", {}, T.mayTellWhy), quoteList(this.model, step.need_quotes, { beside }));
    };
    const details = h("details.may-tell", { open: this.isMayTellOpen, on: { toggle: fill } }, h("summary", {}, T.mayTell(step.need_quotes.length, needs.length > 0)), quotes);
    return details;
  }

  async giveToNeed(step, quote) {
    const need = await this.acts.chooseNeed(step, T.giveToNeedTitle);
    if (need) this.acts.moveStatement(quote.id, need);
  }

  need(need) {
    const quotes = h("div", {});
    const details = h("details", { on: { toggle: () => details.open && !quotes.firstChild && show(quotes, quoteList(this.model, need.statements, { entry: need.id })) } }, h("summary", {}, T.nQuotes(need.statements.length)), quotes);
    const button = (says, does) => h("button.plain.small", { type: "button", "aria-label": `${says}: ${need.statement}`, disabled: isForetold(need.id), on: { click: does } }, says);
    const text = this.writing === "action_variable" && need.action_variable ? need.action_variable : need.statement;
    return h("li.need", { "data-state": need.lost_support ? "lost" : need.state },
      words(text, "p"),
      h("p.need-foot", {}, stateMark(need), h("span.soft", {}, T.origins[need.origin] ?? need.origin), need.kind && need.kind !== "functional" && h("span.chip", {}, T.kinds[need.kind] ?? need.kind), h("span.soft", {}, T.peopleLong(need.n_participants, nPeopleOf(this.model))), lintMark(need)),
      this.mayDecide && h("div.need-acts", {},
        need.state !== "approved" && button(T.approve, () => this.acts.approve(need)),
        button(T.edit, () => this.acts.askEdit(need)),
        button(T.reject, () => this.acts.reject(need)),
        button(T.merge, () => this.acts.askMerge(need)),
        button(T.move, async () => {
          const step = await this.acts.chooseStep(T.moveNeedTitle);
          if (step) this.acts.moveNeed(need, step);
        })),
      details);
  }

  against(step) {
    return step.counter?.length > 0 && h("section", {}, h("h3", {}, T.against(step.n_against ?? step.counter.length)), quoteList(this.model, step.counter));
  }

  why(step) {
    if (!step.stage_probabilities) return h("section", {}, h("h3", {}, T.why), h("p.soft", {}, T.whyByHand));
    const bars = STAGES.map((stage) => {
      const value = step.stage_probabilities[stage] ?? 0;
      return h("li", { "data-stage": stage }, h("span", {}, T.stages[stage]),
        svg("svg", { width: 120, height: 8, viewBox: "0 0 120 8", "aria-hidden": "true" }, svg("rect", { class: "rail", width: 120, height: 8, rx: 4 }), svg("rect", { class: "filled", width: Math.max(120 * value, 1), height: 8, rx: 4 })),
        h("span.figure", {}, share(value)));
    });
    return h("section", {}, h("h3", {}, T.why), h("p", {}, T.whySays(step, nPeopleOf(this.model))), h("ul.bars", { "aria-label": T.stageShares }, bars), !isSettled(step) && h("p.soft", {}, T.whyConfidence(step.confidence)));
  }

  /** Steps that share words at once, and those that mean the like once somebody looks: the server's encoder takes its time. */
  similar(step) {
    const place = h("div", {});
    const sharing = similarSteps(this.model.state.map, step).map(({ step: other }) => other);
    this.showSimilar(place, step, sharing);
    this.looked?.disconnect();
    this.looked = new IntersectionObserver(async ([{ isIntersecting }]) => {
      if (!isIntersecting) return;
      this.looked.disconnect();
      const found = await this.model.alike(step).catch(() => []);
      const { map } = this.model.state;
      const alike = found.filter(({ similarity }) => similarity >= ALIKE).map(({ id }) => entryOf(map, id)).filter((other) => other && other.id !== step.id && isThere(other));
      this.showSimilar(place, step, [...new Set([...alike.slice(0, N_ALIKE), ...sharing])]);
    });
    this.looked.observe(place);
    return h("section", {}, h("h3", {}, T.similar), place);
  }

  showSimilar(place, step, others) {
    if (!others.length) return show(place, h("p.soft", {}, T.noSimilar));
    return show(place, h("ul.similar", {}, others.map((other) => h("li", { "data-stage": other.stage },
      h("button.link", { type: "button", on: { click: () => this.onOpen(other.id) } }, words(other.phrase)), " ",
      h("span.stage-chip", {}, T.stages[other.stage]),
      this.mayDecide && h("button.plain.small", { type: "button", "aria-label": T.mergeThis(other.phrase), disabled: isForetold(other.id), on: { click: () => this.acts.merge(step, [other]) } }, T.mergeHere)))));
  }

  comments(step, comments) {
    return h("section", {}, h("h3", {}, T.comments),
      comments.length ? h("ul.comments", {}, comments.map((comment) => h("li", {}, words(comment.text, "p"), h("p.soft", {}, words(comment.by), " · ", moment(comment.at))))) : h("p.soft", {}, T.noComments));
  }
}
