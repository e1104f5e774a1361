// When somebody else was faster: both versions side by side, and the choice between them. Neither is lost.

import { ask } from "./dialogs.js";
import { h, words } from "./dom.js";
import { entryOf, touched, wordingOf } from "./jobmap.js";
import { getAll } from "./api.js";
import { T, moment } from "./strings.js";

/** Ask about every conflict of a study, one after the other. */
export function agree(model) {
  let isAsking = false;
  model.store.subscribe(async ({ conflicts }) => {
    if (isAsking || !conflicts.length) return;
    isAsking = true;
    const decision = await settle(model, conflicts[0]).catch(() => null);
    isAsking = false;
    model.settleConflict(decision);
  });
}

/** Show a conflict; gives the decision to send in place of the refused one, or null. */
async function settle(model, { act, refused }) {
  await model.loadMap().catch(() => {});
  const { details } = refused;
  const current = details.current;
  const decision = act.decision;
  const since = await decisionsSince(model, details.since ?? []);
  const mine = h("div.version", {}, h("h3", {}, T.yours), h("p", {}, T.decisionKinds[decision.kind], decision.stage && ` · ${T.stages[decision.stage]}`),
    (decision.text ?? decision.phrase) && words(decision.text ?? decision.phrase, "q"));
  const theirs = h("div.version", {}, h("h3", {}, T.now),
    current ? [words(current.wording, "q"), h("p.soft", {}, T.states[current.state === "lost support" ? "lost" : current.state] ?? current.state)] : h("p", {}, T.nothingThere),
    since.length > 0 && h("ul.plain-list.soft", {}, since.map((one) => h("li", {}, words(one.by), " ", T.decisionKinds[one.kind] ?? one.kind, one.text ? [" ", words(one.text, "q")] : null, " · ", moment(one.at)))));
  const retry = again(model.state.map, decision, details);
  const actions = [{ says: T.keepTheirs, value: "theirs", kind: "main" }];
  if (retry) actions.push({ says: T.takeMine, value: "mine" });
  const answer = await ask({ title: T.conflictTitle, isWide: true, body: [h("p", {}, T.conflictReasons[details.reason] ?? refused.message), h("div.versions", {}, mine, theirs)], actions });
  return answer === "mine" ? retry : null;
}

/** The same decision on what is there now; null where it makes no sense any more. */
function again(map, decision, details) {
  if (!map) return null;
  if (["undo", "redo"].includes(decision.kind) || ["depends", "impossible", "unknown"].includes(details.reason)) return null;
  const survivor = details.reason === "merged" ? details.current?.id : null;
  const swap = (id) => (survivor && id === details.entry ? survivor : id);
  const retry = { ...decision, seen: {} };
  for (const field of ["entry", "into", "step", "need"]) if (typeof retry[field] === "string") retry[field] = swap(retry[field]);
  for (const id of touched(retry)) {
    const entry = entryOf(map, id);
    if (!entry || (entry.state === "rejected" && retry.kind !== "comment")) return null;
    retry.seen[id] = entry.revision;
    if (retry.kind === "edit" && wordingOf(entry) === retry.text) return null;
  }
  return retry;
}

async function decisionsSince(model, ids) {
  if (!ids.length) return [];
  try {
    const all = await getAll(`/studies/${model.id}/decisions`, "decisions");
    return all.filter((one) => ids.includes(one.id));
  } catch {
    return [];
  }
}
