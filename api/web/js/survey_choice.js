// Which survey is looked at, who does not count and how people are grouped: the same on every screen that shows answers,
// and in the address, so that it can be handed on.

import { get, listOf } from "./api.js";
import { h } from "./dom.js";
import { note, place } from "./router.js";
import { T } from "./strings.js";

/** What may be odd about a respondent and is counted until somebody leaves it out. */
export const TO_LEAVE_OUT = ["duplicate", "straight_lining", "speeder"];

const chosen = new Map();
const NOTHING = { survey: "", leaveOut: [], segmentBy: "" };

/** The choice for a study: the address first, then what was chosen last. */
export function choiceOf(studyId) {
  const { query } = place();
  const before = chosen.get(studyId) ?? NOTHING;
  const found = {
    survey: query.get("survey") ?? before.survey,
    leaveOut: query.has("leave_out") ? query.get("leave_out").split(",").filter(Boolean) : before.leaveOut,
    segmentBy: query.get("segment_by") ?? before.segmentBy,
  };
  chosen.set(studyId, found);
  return found;
}

/** Choose otherwise; `more` stands beside it in the address. Grouping is that of one survey and goes with it. */
export function choose(studyId, changes, more = {}) {
  const before = choiceOf(studyId);
  const isOther = "survey" in changes && changes.survey !== before.survey;
  const next = { ...before, ...(isOther && { segmentBy: "" }), ...changes };
  chosen.set(studyId, next);
  note({ ...queryOf(next), ...more });
  return next;
}

/** The same as the API asks for it. */
export function queryOf({ survey, leaveOut, segmentBy }) {
  return { survey, leave_out: leaveOut.join(","), segment_by: segmentBy };
}

/** A choice of survey, where there are several. */
export function surveyPicker(surveys, chosen, onChoose) {
  if (surveys.length < 2) return null;
  return h("label.inline", {}, T.survey.which, h("select", { on: { change: (event) => onChoose(event.target.value) } }, surveys.map((one) => h("option", { value: one.id, selected: one.id === chosen?.id }, one.name))));
}

/** The surveys of a study and the one that is chosen: the latest unless another is. */
export async function surveysOf(model) {
  const surveys = listOf(await get(`/studies/${model.id}/surveys`), "surveys");
  const { survey: wanted } = choiceOf(model.id);
  return { surveys, chosen: surveys.find((one) => one.id === wanted || one.name === wanted) ?? surveys.at(-1) ?? null };
}
