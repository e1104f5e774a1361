// Surveys of other studies of the same job, compared with this one's once somebody said what in them is the same.

import { get, getAll, listOf, put, remove } from "../api.js";
import { ask, choose } from "../dialogs.js";
import { h, show, words } from "../dom.js";
import { trying } from "../notices.js";
import { T, number } from "../strings.js";
import { namedTable } from "./tables.js";

const W = T.waves;

/** The surveys of other studies that this one is compared with, and ways to change that for who may. */
export function waveList(view) {
  const { model, mayChange } = view;
  const path = `/studies/${model.id}/waves`;
  const list = h("div", {}, h("p.soft", {}, T.loading));
  const take = async (other, survey, kept) => {
    const found = await trying(() => get(`${path}/suggested`, { query: { study: other, survey } }));
    if (found && (await lookOver(path, found, kept))) view.again();
  };
  const more = async () => {
    const studies = await trying(() => getAll("/studies", "studies"));
    const others = (studies ?? []).filter(({ id }) => id !== model.id).map(({ id, name, job }) => ({ value: id, text: name, hint: job }));
    const other = studies && (await choose({ title: W.add, label: W.study, choices: others }));
    if (!other) return;
    const surveys = listOf(await get(`/studies/${other}/surveys`), "surveys").map(({ id, name, day }) => ({ value: id, text: name, hint: day }));
    const survey = surveys.length > 1 ? await choose({ title: W.add, label: T.survey.which, choices: surveys }) : "";
    if (survey !== null) await take(other, survey, []);
  };
  const letGo = (wave) => trying(async () => {
    await remove(`${path}/${wave.survey}`);
    view.again();
  });
  const shown = (wave) => {
    const name = `${wave.study_name}: ${wave.survey_name}`;
    const ways = [["button", W.look, () => take(wave.study, wave.survey, wave.matches)], ["button.plain", T.remove, () => letGo(wave)]];
    return h("li.sheet", {}, h("h4", {}, words(name, "span"), h("span.soft", {}, ` · ${wave.day} · ${T.priorities.ofPeople(number(wave.n_respondents))}`)),
      h("p.soft", {}, W.says(Object.keys(W.by).map((by) => [wave.matches.filter((match) => match.by === by).length, W.by[by]]).filter(([n]) => n)), " ", words(wave.changed_by)),
      mayChange && h("div.ways", {}, ways.map(([kind, says, does]) => h(`${kind}.small`, { type: "button", "aria-label": `${says}: ${name}`, on: { click: does } }, says))));
  };
  trying(async () => {
    const waves = listOf(await get(path), "waves");
    show(list, waves.length ? h("ul.plain-list", {}, waves.map(shown)) : h("p.soft", {}, W.none));
  });
  return h("section", {}, h("h3", {}, W.title), h("p.hint", {}, W.hint), list, mayChange && h("div.ways", {}, h("button", { type: "button", on: { click: () => trying(more) } }, W.add)));
}

/** Ask what is the same, step by step; gives the wave as it is kept, or null. What meaning found is not believed unseen. */
function lookOver(path, found, kept) {
  const before = new Map(kept.map((match) => [match.subject, match]));
  const rows = found.ours.map((own) => rowOf(own, found, before.get(own.id), kept.length > 0));
  const taken = () => rows.filter(({ box, pick }) => box.checked && pick.value).map(({ own, pick, suggested }) => ({ subject: own.id, other: pick.value, by: pick.value === suggested?.other ? suggested.by : "analyst", likeness: pick.value === suggested?.other ? suggested.likeness : null }));
  const table = namedTable([W.same, W.ours, W.theirs, W.how], rows.map(({ own, box, pick, why }) => [box, h("span", { "data-stage": own.stage }, own.kind === "step" && own.stage && [h("span.stage-chip", {}, T.stages[own.stage]), " "], words(own.wording, "span")), pick, why]), W.title, ".matching");
  return ask({
    title: W.lookTitle(`${found.study_name}: ${found.survey_name}`), isWide: true, body: [h("p.hint", {}, W.lookHint), table],
    actions: [{ says: W.compare, value: true, kind: "main" }], read: taken, send: (matches) => put(path, { study: found.study, survey: found.survey, matches }),
  });
}

function rowOf(own, found, before, wasKept) {
  const suggested = before ?? found.matches.find((match) => match.subject === own.id);
  const isSure = before !== undefined || (!wasKept && suggested !== undefined && suggested.by !== "meaning");
  const box = h("input", { type: "checkbox", "aria-label": `${W.same}: ${own.wording}`, props: { checked: isSure } });
  const why = h("span.soft", {}, suggested ? W.by[suggested.by] : "–", suggested?.by === "meaning" && h("small", {}, ` ${suggested.likeness.toFixed(2)}`));
  const pick = h("select.small", { "aria-label": `${W.theirs}: ${own.wording}`, on: { change: () => ((box.checked = Boolean(pick.value)), show(why, W.by[pick.value === suggested?.other ? suggested.by : "analyst"])) } },
    h("option", { value: "" }, W.nothing), found.theirs.filter(({ kind }) => kind === own.kind).map(({ id, wording }) => h("option", { value: id, selected: id === suggested?.other }, wording)));
  return { own, box, pick, why, suggested };
}
