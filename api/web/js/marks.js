// Small signs that stand beside a step or need, the same on every screen.

import { h, svg } from "./dom.js";
import { T } from "./strings.js";

const N_DOTS = 12;
const DOT = 7;

/** How far the review of an entry has come, as a word with a sign before it: never colour alone. */
export function stateMark(entry) {
  const state = entry.lost_support || entry.state === "lost support" ? "lost" : entry.state;
  return h("span.state", { "data-state": state }, h("span", { "aria-hidden": "true" }, SIGNS[state] ?? ""), T.states[state] ?? state);
}

/** People behind an entry: dots, a count, and the interval as a title. */
export function peopleMark(entry, nPeople) {
  const n = entry.n_participants ?? 0;
  const says = T.people(n, nPeople);
  const [low, high] = entry.interval ?? [];
  const interval = low === undefined ? "" : T.interval(low, high);
  return h("span.people", { title: interval }, dots(n, nPeople), says, interval && h("span.sr", {}, ` (${interval})`));
}

/** One dot a person, in proportion from twelve on. */
export function dots(n, nPeople) {
  const nAll = Math.min(nPeople || n, N_DOTS);
  const nFilled = nPeople > N_DOTS ? Math.max(Math.round((N_DOTS * n) / nPeople), Math.min(n, 1)) : Math.min(n, nAll);
  const marks = Array.from({ length: nAll }, (_, i) => svg("circle", { cx: 3.5 + DOT * i, cy: 4, r: 2.7, class: i < nFilled ? "said" : "not-said" }));
  return svg("svg.dots", { width: DOT * nAll, height: 8, viewBox: `0 0 ${DOT * nAll} 8`, "aria-hidden": "true" }, marks);
}

/** Findings of the linter; nothing without any. */
export function lintMark(entry) {
  const n = entry.lint?.length ?? 0;
  return n > 0 && h("span.chip.warn", { title: entry.lint.map((finding) => finding.message).join("\n") }, T.nLint(n));
}

/** A number in [0, 1] as a short bar with its value. */
export function confidenceMark(confidence) {
  if (confidence === null || confidence === undefined) return null;
  const bar = svg("svg.bar", { width: 36, height: 6, viewBox: "0 0 36 6", "aria-hidden": "true" },
    svg("rect", { class: "rail", width: 36, height: 6, rx: 3 }), svg("rect", { class: "filled", width: 36 * confidence, height: 6, rx: 3 }));
  return h("span.confidence", { title: `${T.confidenceWhy}: ${T.confidence(confidence)}` }, bar, h("span", {}, T.confidence(confidence)));
}

const SIGNS = { suggested: "○", approved: "✓", edited: "✎", rejected: "✕", lost: "⚠" };
