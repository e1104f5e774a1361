// What the team might build, linked to the steps and needs it is for, and whom it would reach.

import { ask } from "../dialogs.js";
import { h, show, words } from "../dom.js";
import { entryOf, isApproved, isStep, wordingOf } from "../jobmap.js";
import { T, number } from "../strings.js";
import { percent, shareCell } from "./priority_marks.js";
import { namedTable } from "./tables.js";
import { shownWords, teamList, wordField } from "./team_list.js";

const EVERYBODY = "everybody";

/** The list of features with their reach. */
export function features(view) {
  const { model, mayChange, found } = view;
  const root = h("div.section-body", {});
  const reachOf = new Map(found.features.filter((row) => row.segment === EVERYBODY).map((row) => [row.feature, row]));
  const columns = [
    { head: T.features.name, show: (row) => shownWords(row.name), field: (row, changed, name) => wordField(row, "name", changed, name) },
    { head: T.features.subjects, show: (row) => subjectList(model, row.subjects), field: (row, changed) => subjectField(model, row, changed) },
    { head: T.features.note, show: (row) => shownWords(row.note), field: (row, changed, name) => wordField(row, "note", changed, name) },
    { head: T.features.reach, show: (row) => (reachOf.has(row.id) ? [shareCell(reachOf.get(row.id), "reach"), priorityOf(reachOf.get(row.id))] : h("span.soft", {}, T.features.noReach)) },
  ];
  teamList(root, {
    path: `/studies/${model.id}/features`, key: "features", kept: view.features, name: T.features.title, columns, mayChange, onKept: () => view.again(), empty: mayChange ? T.features.none : T.features.noneYet,
    nameOf: (row) => row.name || T.solutions.fresh, fresh: () => ({ id: "", name: "", note: "", subjects: [] }), toRow: (row) => row,
    toPlain: ({ id, name, note, subjects }) => ({ id, name, note: note.trim(), subjects }),
  });
  return [h("p.hint", {}, T.features.hint), root, bySegment(found)];
}

/** The highest priority of what a feature is for: what it would move. */
function priorityOf({ priority }) {
  return priority !== null && h("small", {}, T.features.moves(priority.toFixed(2)));
}

function bySegment(found) {
  const names = [...new Set(found.features.map((row) => row.segment))];
  if (names.length < 2) return null;
  const ids = [...new Set(found.features.map((row) => row.feature))];
  const rowOf = (feature, segment) => found.features.find((row) => row.feature === feature && row.segment === segment);
  return h("section", {}, h("h3", {}, T.features.bySegment), namedTable([T.features.name, ...names.map((text) => ({ text: text === EVERYBODY ? T.priorities.everybody : text, isNumber: true }))],
    ids.map((id) => [words(rowOf(id, EVERYBODY).name), ...names.map((name) => h("span", { title: T.priorities.ofPeople(number(rowOf(id, name).n)) }, percent(rowOf(id, name).reach), rowOf(id, name).reach !== null && h("small", {}, " ", T.priorities.interval(Math.round(100 * rowOf(id, name).reach_low), Math.round(100 * rowOf(id, name).reach_high)))))]), T.features.bySegment));
}

function subjectList(model, ids) {
  const entries = ids.map((id) => entryOf(model.state.map, id));
  return ids.length ? h("ul.plain-list.linked", {}, entries.map((entry) => (entry ? words(wordingOf(entry), "li") : h("li.soft", {}, T.gone)))) : h("span.soft", {}, T.features.noSubjects);
}

function subjectField(model, row, changed) {
  const list = h("div", {}, subjectList(model, row.subjects));
  const pick = async () => {
    const entries = [...model.state.map.steps, ...model.state.map.needs].filter((entry) => isApproved(entry) || row.subjects.includes(entry.id));
    const boxes = entries.map((entry) => h("input", { type: "checkbox", value: entry.id, props: { checked: row.subjects.includes(entry.id) } }));
    const lines = entries.map((entry, i) => h(`label.check.${isStep(entry) ? "step" : "need"}`, { "data-stage": entry.stage }, boxes[i], h("span", {}, isStep(entry) && [h("span.stage-chip", {}, T.stages[entry.stage]), " "], words(wordingOf(entry), "span"))));
    const search = h("input", { type: "search", "aria-label": T.searchSteps, placeholder: T.searchSteps, on: { input: () => lines.forEach((line, i) => (line.hidden = !wordingOf(entries[i]).toLowerCase().includes(search.value.trim().toLowerCase()))) } });
    const chosen = await ask({ title: T.features.choose(row.name), isWide: true, body: [search, h("div.subject-list", {}, lines)], actions: [{ says: T.features.link, value: true, kind: "main" }], read: () => boxes.filter((box) => box.checked).map((box) => box.value), onOpen: () => search.focus() });
    if (!chosen) return;
    row.subjects = chosen;
    changed();
    show(list, subjectList(model, chosen));
  };
  return h("div.linking", {}, list, h("button.small", { type: "button", "aria-label": `${T.features.linkTo} ${row.name || T.solutions.fresh}`, on: { click: pick } }, T.features.linkTo));
}
