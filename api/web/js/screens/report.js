// The agreed map as a page to read, print and share; only what is approved, unless asked.

import { address } from "../api.js";
import { h, show, words } from "../dom.js";
import { isApproved, isThere, needsOf, stagesOf, stepsOf } from "../jobmap.js";
import { peopleMark, stateMark } from "../marks.js";
import { trying } from "../notices.js";
import { quoteBlock } from "../quotes.js";
import { T, moment } from "../strings.js";
import { emptyState, nPeopleOf } from "./fields.js";

const FORMATS = ["html", "md", "csv", "json"];
const N_QUOTES = 3;

/** Mount the report. */
export function report(root, { model }) {
  const state = { isAll: false, hasQuotes: true };
  const check = (field, says) => h("label.check", {}, h("input", { type: "checkbox", props: { checked: state[field] }, on: { change: (e) => ((state[field] = e.target.checked), drawSaves(), draw()) } }), says);
  const saves = h("div.ways", {});
  const drawSaves = () => show(saves, FORMATS.map((format) => h("a.button.small", { href: address(`/studies/${model.id}/exports/job-map.${format}`, { approved: state.isAll ? "false" : null }), download: "" }, T.formats[format])));
  // Made once, so that who works by keys keeps the focus.
  const tools = h("div.tools.no-print", {}, check("isAll", T.alsoSuggested), check("hasQuotes", T.withQuotes), h("button", { type: "button", on: { click: () => print() } }, T.print), h("span.soft", {}, T.exportAs), saves);
  const page = h("div", {});
  show(root, tools, page);
  const draw = () => {
    const { map, isLoaded } = model.state;
    tools.hidden = !map;
    if (!map) return isLoaded ? show(page, emptyState(T.noMap, T.noMapHint)) : undefined;
    const fits = (entry) => (state.isAll ? isThere(entry) : isApproved(entry) && !entry.lost_support);
    const steps = map.steps.filter(fits);
    show(page,
      h("article.report", {}, h("header", {}, h("h1", {}, words(map.study.job || map.study.name, "span")), h("p.soft", {}, [map.study.executor, map.study.name].filter(Boolean).flatMap((text, i) => [i > 0 && " · ", words(text)]), " · ", T.nSteps(steps.length), " · ", T.nNeeds(map.needs.filter(fits).length), " · ", T.peopleLong(nPeopleOf(model)), " · ", moment(new Date()))),
        steps.length ? stagesOf(map).map((stage) => stageView(stage, stepsOf(map, stage.stage).filter(fits), { map, fits, model, state })) : emptyState(T.nothingApproved, T.nothingApprovedHint),
        looseNeeds(map, fits)));
    return undefined;
  };
  drawSaves();
  draw();
  const ids = () => (model.state.map?.steps ?? []).flatMap((step) => step.statements.slice(0, N_QUOTES));
  trying(async () => {
    await model.quotesOf(ids());
    draw();
  });
  return model.store.subscribe(draw);
}

function stageView(stage, steps, { map, fits, model, state }) {
  return h("section.report-stage", { "data-stage": stage.stage }, h("h2", {}, T.stages[stage.stage]),
    steps.length ? h("ol", {}, steps.map((step) => h("li.report-step", {}, h("h3", {}, words(step.phrase)), h("p.panel-marks", {}, peopleMark(step, nPeopleOf(model)), state.isAll && stateMark(step)),
      state.hasQuotes && h("ul.quotes", {}, model.quotesAtHand(step.statements.slice(0, N_QUOTES)).map((quote) => quoteBlock(quote, model.id, { entry: step.id }))),
      needsView(needsOf(map, step.id).filter(fits), state)))) : h("p.soft", {}, T.nothingInStage, " ", stage.ask && [T.askNext, " ", words(stage.ask, "q")]));
}

function needsView(needs, state) {
  return needs.length > 0 && h("ul.report-needs", { "aria-label": T.sections.needs }, needs.map((need) => h("li", {}, words(need.statement, "span"), state.isAll && [" ", stateMark(need)])));
}

function looseNeeds(map, fits) {
  const loose = map.needs.filter((need) => !need.step && fits(need));
  return loose.length > 0 && h("section.report-stage", {}, h("h2", {}, T.looseNeeds), h("ul.report-needs", {}, loose.map((need) => words(need.statement, "li"))));
}
