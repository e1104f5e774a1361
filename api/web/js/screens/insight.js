// The map from above: who speaks of what, what is covered and what is missing, how far people agree, what a run changed.

import { get } from "../api.js";
import { heatMap, saturationCurve, scoreBars, shareBars } from "../charts.js";
import { h, show, words } from "../dom.js";
import { entryOf, isStep, isThere, wordingOf } from "../jobmap.js";
import { trying } from "../notices.js";
import { quoteBlock, quoteList } from "../quotes.js";
import { to } from "../router.js";
import { saveCsv, savePng, saveSvg } from "../saving.js";
import { STAGES } from "../stages.js";
import { T, share } from "../strings.js";
import { emptyState } from "./fields.js";

/** Mount the insight into a study. */
export function insight(root, { model }) {
  let isClosed = false;
  let revision = null;
  const draw = async () => {
    if (!model.state.map) return model.state.isLoaded ? show(root, h("h1", {}, T.sections.insight), emptyState(T.noMap, T.noMapHint)) : undefined;
    revision = model.state.served.revision;
    const [seen, agreement, difference] = await Promise.all([
      get(`/studies/${model.id}/insight`), model.state.map.blind === "open" ? null : get(`/studies/${model.id}/agreement`), get(`/studies/${model.id}/difference`),
    ]);
    if (isClosed) return undefined;
    show(root, h("h1", {}, T.sections.insight),
      h("div.insight-grid", {}, people(seen, model), saturation(seen), coverage(seen, model), gaps(seen, model), agreed(agreement, model), differences(difference, model)));
    return undefined;
  };
  show(root, h("h1", {}, T.sections.insight), h("p.soft", { role: "status" }, T.loading));
  trying(draw);
  const stop = model.store.subscribe(({ served }) => served && served.revision !== revision && trying(draw));
  return () => ((isClosed = true), stop());
}

/** A picture with its heading, what it says, buttons to save it, and room for what is behind it. */
function figure(name, title, says, picture, rows, ...below) {
  const saves = [[T.saveSvg, () => saveSvg(name, picture)], [T.savePng, () => trying(() => savePng(name, picture))], [T.saveCsv, () => saveCsv(name, rows)]];
  return h("section.figure-box", {}, h("div.section-head", {}, h("h2", {}, title), h("div.ways", {}, saves.slice(picture ? 0 : 2).map(([text, does]) => h("button", { type: "button", "aria-label": `${text}: ${title}`, on: { click: does } }, text)))),
    says && h("p.soft", {}, says), picture && h("div.picture", { tabindex: 0, role: "region", "aria-label": title }, picture), below);
}

function people(seen, model) {
  const drawer = h("div.drawer", { "aria-live": "polite" });
  const choose = async (person, stage) => {
    const ids = model.state.map.steps.filter((step) => step.stage === stage && isThere(step)).flatMap((step) => step.statements);
    const quotes = await trying(() => model.quotesOf(ids));
    const own = (quotes ?? []).filter((quote) => quote.transcript === person.transcript && quote.speaker === person.speaker && !quote.led);
    show(drawer, h("h3", {}, words(T.cellSays(person.speaker, T.stages[stage], own.length), "span")), h("ul.quotes", {}, own.map((quote) => quoteBlock(quote, model.id))));
  };
  const picture = heatMap(seen.people, choose);
  const rows = [[T.participant, T.interview, ...STAGES.map((s) => T.stages[s]), T.whats.steps, T.whats.needs], ...seen.people.map((p) => [p.speaker, p.transcript, ...STAGES.map((s) => p.stages[s]), p.n_steps, p.n_needs])];
  return figure("people-by-stage", T.heatMap, T.heatMapHint, picture, rows, drawer);
}

function saturation({ saturation: found }) {
  const rows = [[T.interviews, T.whats.steps, T.whats.needs], ...found.steps.map((n, i) => [i + 1, n, found.needs[i]])];
  return figure("saturation", T.saturation, T.saturationSays(found.expected_new_needs, found.interval), saturationCurve(found), rows);
}

function coverage({ coverage: found }, model) {
  const rows = Object.entries(found.by_transcript).sort(([, a], [, b]) => a - b);
  const unexplained = h("details", { on: { toggle: () => unexplained.open && unexplained.children.length === 1 && unexplained.append(quoteList(model, found.largest_unexplained)) } }, h("summary", {}, T.unexplained));
  return figure("coverage", T.coverage, T.coverageSays(found.share), shareBars(rows, T.coverage), [[T.interview, T.coverage], ...rows], unexplained);
}

function gaps({ stages }, model) {
  const rows = [[T.stage, T.state, T.whats.steps, T.participants, T.asked, T.question], ...stages.map((s) => [T.stages[s.stage], T.stageStatus[s.status], s.n_steps, s.n_participants, s.asked.verdict, s.ask])];
  const nearest = new Map(model.state.map.stages.map((s) => [s.stage, s.nearest]));
  return figure("stage-gaps", T.gaps, T.gapsHint, null, rows, h("ul.plain-list", {}, stages.map((s) => h("li", { "data-stage": s.stage },
    h("p", {}, h("span.stage-chip", {}, T.stages[s.stage]), " ", h("strong", {}, T.stageStatus[s.status]), h("span.soft", {}, ` · ${T.nSteps(s.n_steps)} · ${T.peopleLong(s.n_participants)} · ${T.askedSays(s.asked)}`)),
    s.asked.silent.length > 0 && h("p.soft", {}, T.silent, " ", s.asked.silent.flatMap((p, i) => [i > 0 && ", ", words(p.speaker)])),
    s.status !== "covered" && [h("p", {}, h("span.soft", {}, T.askNext, " "), h("q", {}, s.ask)), nearest.get(s.stage)?.length > 0 && quoteList(model, nearest.get(s.stage))]))));
}

function agreed(found, model) {
  if (!found || found.analysts.length === 0) return figure("agreement", T.agreement, T.noAgreement, null, [[T.agreement]]);
  const scores = found.steps.between_analysts;
  const names = ["all", ...STAGES, "rejected"].filter((name) => scores[name]);
  const nameIn = (name) => T.stages[name] ?? T.codes[name] ?? name;
  const bars = names.map((name) => [nameIn(name), scores[name], STAGES.includes(name) ? name : null]);
  const machine = Object.entries(found.steps.machine_by_analyst).map(([analyst, score]) => [analyst, score]);
  const ids = [...new Set(Object.values(found.steps.codes).flatMap((codes) => Object.keys(codes)))];
  const split = ids.filter((id) => new Set(Object.values(found.steps.codes).map((codes) => codes[id]).filter(Boolean)).size > 1);
  const rows = [[T.stage, "alpha", T.intervalLow, T.intervalHigh, T.whats.steps], ...names.map((name) => [nameIn(name), scores[name].alpha, scores[name].interval?.[0], scores[name].interval?.[1], scores[name].n_steps])];
  return figure("agreement", T.agreement, T.agreementSays(found.analysts.length, scores.all), found.analysts.length > 1 && names.length ? scoreBars(bars, T.agreement) : null, rows,
    machine.length > 0 && h("p.soft", {}, T.withMachine, " ", machine.map(([analyst, { alpha }]) => `${analyst} ${alpha === null ? "–" : share(alpha)}`).join(", ")),
    split.length > 0 && model.state.map.blind === "revealed" && h("p", {}, h("a", { href: to(["studies", model.id, "queue"], { what: "disputes" }) }, T.settleThem)),
    split.length > 0 && h("details", {}, h("summary", {}, T.disputed(split.length)), h("ul.plain-list", {}, split.map((id) => h("li", {}, entryLink(id, model), " ", h("span.soft", {}, Object.entries(found.steps.codes).filter(([, codes]) => codes[id]).map(([analyst, codes]) => `${analyst}: ${nameIn(codes[id])}`).join(", ")))))));
}

function differences(found, model) {
  if (!found || found.is_first) return figure("difference", T.difference, T.firstRun, null, [[T.difference]]);
  const groups = ["new", "grown", "shrunk", "lost_support", "regained", "contradictions", "rejected_again", "vanished"].filter((name) => found[name].length);
  const idOf = (row) => (typeof row === "string" ? row : (row.entry ?? row.id));
  const rows = [[T.difference, T.step], ...groups.flatMap((name) => found[name].map((row) => [T.differences[name], textOf(idOf(row), model) || row.wording]))];
  return figure("difference", T.difference, groups.length ? T.differenceSays(found.run.number) : T.noDifference, null, rows,
    groups.map((name) => h("details", {}, h("summary", {}, T.differences[name], ` (${found[name].length})`), h("ul.plain-list", {}, found[name].map((row) => h("li", {}, row.wording ? words(row.wording, "span") : entryLink(idOf(row), model), row.statements?.length > 0 && quoteList(model, row.statements.slice(0, 3))))))));
}

function textOf(id, model) {
  const entry = entryOf(model.state.map, id);
  return entry ? wordingOf(entry) : "";
}

function entryLink(id, model) {
  const entry = entryOf(model.state.map, id);
  if (!entry) return h("span.soft", {}, T.gone);
  const step = isStep(entry) ? entry.id : entry.step;
  return step ? h("a", { href: to(["studies", model.id, "board"], { open: step }) }, words(wordingOf(entry))) : words(wordingOf(entry), "span");
}

