// How figures of priorities are shown: with their interval, with the words behind them, and as pictures to save.

import { address } from "../api.js";
import { h, show, svg } from "../dom.js";
import { entryOf, isStep } from "../jobmap.js";
import { quoteBlock, quoteList } from "../quotes.js";
import { to } from "../router.js";
import { T, number } from "../strings.js";
import { namedTable } from "./tables.js";

const MARK = { width: 64, height: 10 };
const MOST_POINTS = 20;
const NOTHING = "–";

/** A share in [0, 1] of people, as people say it. */
export function percent(value) {
  return value === null || value === undefined ? NOTHING : `${Math.round(100 * value)} %`;
}

/** A share with its interval, as words and as a mark; a dash where it is not known. */
export function shareCell(row, name, { withMark = true } = {}) {
  const [value, low, high] = [row[name], row[`${name}_low`], row[`${name}_high`]];
  if (value === null) return NOTHING;
  return h("span.with-interval", {}, withMark && intervalMark(value, low, high, 1), h("span", {}, percent(value), low !== undefined && h("small", {}, T.priorities.interval(Math.round(100 * low), Math.round(100 * high)))));
}

/** An opportunity, 0 to 20, with its interval and what it is called. */
export function opportunityCell(row) {
  if (row.opportunity === null) return NOTHING;
  const { opportunity, opportunity_low: low, opportunity_high: high, reading } = row;
  return h("span.with-interval", {}, low !== undefined && intervalMark(opportunity, low, high, MOST_POINTS), h("span", {}, opportunity.toFixed(1), low !== undefined && h("small", {}, T.priorities.interval(low.toFixed(1), high.toFixed(1))), reading && h("span.chip.reading", { "data-reading": reading }, T.priorities.readings[reading] ?? reading)));
}

/** A priority in [0, 1] with its interval. */
export function priorityCell(row) {
  if (row.priority === null) return NOTHING;
  const { priority, priority_low: low, priority_high: high } = row;
  return h("span.with-interval", {}, intervalMark(priority, low, high, 1), h("span", {}, priority.toFixed(2), h("small", {}, T.priorities.interval(low.toFixed(2), high.toFixed(2)))));
}

function intervalMark(value, low, high, most) {
  const x = (n) => (MARK.width * n) / most;
  const middle = MARK.height / 2;
  return svg("svg.interval", { width: MARK.width, height: MARK.height, viewBox: `0 0 ${MARK.width} ${MARK.height}`, "aria-hidden": "true" },
    svg("rect", { class: "rail", y: middle - 2, width: MARK.width, height: 4, rx: 2 }), low !== undefined && svg("rect", { class: "spread", x: x(low), y: middle - 2, width: Math.max(x(high) - x(low), 1), height: 4, rx: 2 }), svg("rect", { class: "point", x: x(value) - 1, width: 2, height: MARK.height }));
}

/** Ways to save a picture that the server draws, and its figures. */
export function saves(view, name, title, table) {
  const path = fileOf(view);
  return h("div.ways", {}, [[T.saveSvg, "pictures", `${name}.svg`], [T.savePng, "pictures", `${name}.png`], [T.saveCsv, "tables", `${table}.csv`]].map(([says, folder, file]) => h("a.button.small", { href: path(folder, file), download: file, "aria-label": `${says}: ${title}` }, says)));
}

function fileOf(view) {
  return (folder, file) => address(`/studies/${view.model.id}/priorities/${folder}/${file}`, view.query);
}

/**
 * A picture that the server draws, with ways to save it and its figures.
 * @param {object} view - `model` and `query`, what the figures are asked for with.
 * @param {string} name - of the picture's file; `table` of the file with its figures.
 */
export function picture(view, name, { title, says, table }) {
  const image = h("img", { src: fileOf(view)("pictures", `${name}.svg`), alt: T.priorities.alts[name], loading: "lazy", on: { error: () => show(frame, h("p.soft", {}, T.priorities.noPicture)) } });
  const frame = h("div.picture.drawn", { tabindex: 0, role: "region", "aria-label": title }, image);
  return h("section.figure-box", {}, h("div.section-head", {}, h("h3", {}, title), saves(view, name, title, table)), says && h("p.soft", {}, says), frame);
}

/** How many gave each of five answers: `rows` of a name and an object with `n_1` to `n_5`. */
export function answerCounts(rows) {
  return namedTable(["", ...[1, 2, 3, 4, 5].map((point) => ({ text: String(point), isNumber: true }))], rows.map(([name, row]) => [name, ...[1, 2, 3, 4, 5].map((point) => number(row[`n_${point}`]))]), T.priorities.answersGiven);
}

/** The words behind a step or need: those of trouble first, then what else people said of it. */
export function behind(view, id) {
  const { struggle = [], other = [] } = view.found.quotes[id] ?? {};
  const entry = view.model.state.map && entryOf(view.model.state.map, id);
  const part = (says, ids) => ids.length > 0 && h("div.behind-part", {}, h("h3", {}, says(ids.length)), quoteList(view.model, ids, { entry: id }));
  return h("div.behind", {}, part(T.priorities.ofTrouble, struggle), part(T.priorities.alsoSaid, other), !struggle.length && !other.length && h("p.soft", {}, T.priorities.noWords),
    entry ? h("p", {}, h("a", { href: to(["studies", view.model.id, "board"], { open: isStep(entry) ? id : entry.step }) }, T.openOnBoard)) : h("p.soft", {}, T.priorities.notOnMap));
}

/** Quotes that came with the figures, each with its place in the interview. */
export function placedQuotes({ model }, rows) {
  const ids = new Map(model.state.transcripts.map((one) => [one.name, one.id]));
  return h("ul.quotes", {}, rows.map((row) => quoteBlock({ ...row, transcript_id: ids.get(row.transcript) ?? "" }, model.id)));
}
