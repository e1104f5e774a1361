// Pictures as SVG: numbers in, elements out. Sizes are fixed when one is drawn, so that nothing jumps: one for desks, one
// for phones. Colours come from the style sheet.

import { printable, svg } from "./dom.js";
import { STAGES } from "./stages.js";
import { T, share } from "./strings.js";

const CELL = { width: 66, height: 30, top: 34 };
const LETTER = 6.6;
const CURVE = { height: 250, left: 42, right: 110, top: 16, bottom: 44 };
const ROW = 26;
const WIDTH = 600;
// What a phone leaves at the sides of a picture.
const MARGINS = 60;

const isNarrow = () => innerWidth < WIDTH + MARGINS;
const room = () => (isNarrow() ? innerWidth - MARGINS : WIDTH);
const nameLength = () => (isNarrow() ? 14 : 26);
const nameRoom = () => 20 + LETTER * nameLength();

/**
 * People by stage: the more a person said of a stage, the fuller its cell.
 * @param {Array<{speaker: string, transcript: string, stages: object}>} people
 * @param {(person: object, stage: string) => void} onChoose - called for a cell that is not empty.
 */
export function heatMap(people, onChoose) {
  const { height, top } = CELL;
  const names = people.map((person) => shortened(nameOf(person, people)));
  const left = 20 + LETTER * Math.max(0, ...names.map((name) => name.length));
  const width = isNarrow() ? (room() - left - 4) / STAGES.length : CELL.width;
  const most = Math.max(1, ...people.flatMap((person) => Object.values(person.stages)));
  const heads = STAGES.map((stage, i) => svg("text", { x: left + i * width + width / 2, y: top - 12, "text-anchor": "middle", "font-size": 12 }, isNarrow() ? [svg("title", {}, T.stages[stage]), T.stagesShort[stage]] : T.stages[stage]));
  const rows = people.map((person, row) => {
    const y = top + row * height;
    const cells = STAGES.map((stage, i) => {
      const n = person.stages[stage] ?? 0;
      const x = left + i * width;
      const cell = svg("g", { "data-stage": stage, ...(n > 0 && { role: "button", tabindex: 0, "aria-label": T.cellSays(person.speaker, T.stages[stage], n) }) },
        svg("rect", { class: "cell", x: x + 1, y: y + 1, width: width - 2, height: height - 2, rx: 3, "fill-opacity": n ? 0.15 + (0.45 * n) / most : 0 }),
        svg("rect", { class: "cell-frame", x: x + 1, y: y + 1, width: width - 2, height: height - 2, rx: 3 }),
        svg("text", { x: x + width / 2, y: y + height / 2 + 4, "text-anchor": "middle", "font-size": 12, class: n ? null : "quiet" }, n || "–"));
      if (n > 0) {
        cell.addEventListener("click", () => onChoose(person, stage));
        cell.addEventListener("keydown", (event) => ["Enter", " "].includes(event.key) && (event.preventDefault(), onChoose(person, stage)));
      }
      return cell;
    });
    return svg("g", {}, svg("text", { x: left - 10, y: y + height / 2 + 4, "text-anchor": "end", "font-size": 12 }, names[row]), cells);
  });
  return picture(left + STAGES.length * width + 4, top + people.length * height + 4, T.heatMap, [heads, rows], "group");
}

/** Distinct steps and needs by number of interviews, and what one more should add with its interval. */
export function saturationCurve({ steps, needs, expected_new_needs: expected, interval }) {
  const { height, left, right, top, bottom } = CURVE;
  const width = room();
  const n = steps.length;
  const last = needs.at(-1) ?? 0;
  const reach = Math.max(last + (interval?.[1] ?? 0), ...steps, ...needs, 1);
  const tick = roundStep(reach / 5);
  const ceiling = tick * Math.ceil(reach / tick);
  const x = (i) => left + ((i - 1) / Math.max(n, 1)) * (width - left - right);
  const y = (value) => height - bottom - (value / ceiling) * (height - top - bottom);
  const grid = [];
  for (let value = 0; value <= ceiling; value += tick) grid.push(svg("path", { class: "axis", d: `M${left} ${y(value)}H${width - right}` }), svg("text", { x: left - 8, y: y(value) + 4, "text-anchor": "end", "font-size": 11, class: "quiet" }, value));
  const every = Math.max(1, Math.ceil(n / 12));
  for (let i = 1; i <= n; i += every) grid.push(svg("text", { x: x(i), y: height - bottom + 18, "text-anchor": "middle", "font-size": 11, class: "quiet" }, i));
  const line = (values, stage, name, dy) => svg("g", { "data-stage": stage },
    svg("path", { class: "curve", d: values.map((value, i) => `${i ? "L" : "M"}${x(i + 1).toFixed(1)} ${y(value).toFixed(1)}`).join("") }),
    values.map((value, i) => svg("circle", { class: "point", cx: x(i + 1), cy: y(value), r: 3 }, svg("title", {}, `${name}: ${value}`))),
    svg("text", { x: x(n + 1) + 10, y: y(values.at(-1) ?? 0) + dy, "font-size": 12 }, `${name} ${values.at(-1) ?? 0}`));
  const next = interval && n > 0 && svg("g", { "data-stage": "plan" },
    svg("path", { class: "band", d: `M${x(n)} ${y(last)}L${x(n + 1)} ${y(last + interval[1])}V${y(last + interval[0])}Z` }),
    svg("path", { class: "curve", "stroke-dasharray": "4 4", d: `M${x(n)} ${y(last)}L${x(n + 1)} ${y(last + expected)}` }));
  const axis = svg("text", { x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle", "font-size": 12, class: "quiet" }, T.interviews);
  return picture(width, height, T.saturationSays(expected, interval), [grid, next, line(needs, "plan", T.whats.needs, 4), line(steps, "execute", T.whats.steps, 4), axis]);
}

/** Shares in [0, 1] as bars, one a row. */
export function shareBars(rows, name) {
  const [width, left] = [room(), nameRoom()];
  const full = width - left - 60;
  const bars = rows.map(([text, value], i) => svg("g", {}, svg("text", { x: left - 10, y: i * ROW + 17, "text-anchor": "end", "font-size": 12 }, shortened(text)),
    svg("rect", { class: "rail", x: left, y: i * ROW + 6, width: full, height: 14, rx: 3 }), svg("rect", { class: "filled", x: left, y: i * ROW + 6, width: Math.max(full * value, 1), height: 14, rx: 3 }),
    svg("text", { x: left + full + 8, y: i * ROW + 17, "font-size": 12 }, share(value))));
  return picture(width, rows.length * ROW + 8, name, bars);
}

/** Scores in [-1, 1] with their intervals, one a row. */
export function scoreBars(rows, name) {
  const [width, left] = [room(), nameRoom()];
  const x = (value) => left + 20 + ((value + 1) / 2) * (width - left - 90);
  const marks = rows.map(([text, { alpha, interval }, stage], i) => svg("g", { "data-stage": stage },
    svg("text", { x: left - 10, y: i * ROW + 17, "text-anchor": "end", "font-size": 12 }, text),
    interval && svg("rect", { class: "band", x: x(interval[0]), y: i * ROW + 8, width: Math.max(x(interval[1]) - x(interval[0]), 1), height: 10, rx: 2 }),
    alpha !== null && svg("circle", { class: "point", cx: x(alpha), cy: i * ROW + 13, r: 4 }),
    svg("text", { x: width - 56, y: i * ROW + 17, "font-size": 12, class: alpha === null ? "quiet" : null }, alpha === null ? "–" : share(alpha))));
  const zero = svg("path", { class: "axis", d: `M${x(0)} 0V${rows.length * ROW}` });
  return picture(width, rows.length * ROW + 8, name, [zero, marks]);
}

// With the interview where two speak under one name.
function nameOf(person, people) {
  const isAlone = people.filter((other) => other.speaker === person.speaker).length === 1;
  return isAlone ? person.speaker : `${person.speaker} · ${person.transcript}`;
}

function picture(width, height, name, parts, role = "img") {
  return svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role, "aria-label": name }, parts);
}

function shortened(text) {
  const shown = printable(text);
  return shown.length > nameLength() ? `${shown.slice(0, nameLength() - 1)}…` : shown;
}

function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? 1;
}
