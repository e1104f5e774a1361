// A job map (jtbd-jobmap/1, as the API gives it) and what decisions do to it, foretold: the page shows an act at once
// and takes the server's word for it when that comes. Pure functions of frozen values; knows no screen and no network.

import { STAGES } from "./stages.js";

/** Ids of acts that the server has not answered begin so. */
const FORETOLD = "pending-";

/** The id of what an act will make, until the server has given it one. */
export const foretoldId = (key) => `${FORETOLD}${key}`;
export const isForetold = (id) => id.startsWith(FORETOLD);
export const isStep = (entry) => "phrase" in entry;
export const wordingOf = (entry) => (isStep(entry) ? entry.phrase : entry.statement);
export const isSettled = (entry) => entry.state !== "suggested";
export const isApproved = (entry) => entry.state === "approved" || entry.state === "edited";
export const isThere = (entry) => entry.state !== "rejected";

/** The entry of an id, or undefined. */
export function entryOf(map, id) {
  return indexOf(map).get(id);
}

/** Steps of a stage in their order. */
export function stepsOf(map, stage) {
  return map.steps.filter((step) => step.stage === stage).sort((a, b) => a.position - b.position);
}

/** Needs that measure a step, rejected ones too. */
export function needsOf(map, stepId) {
  return groupedNeeds(map).get(stepId) ?? [];
}

const FIELDS = {
  approve: ["entry"],
  edit: ["entry"],
  reject: ["entry"],
  merge: ["into", "entries"],
  split: ["step", "needs"],
  move_step: ["step"],
  move_need: ["need"],
  move_statement: ["entry"],
  add_evidence: ["entry"],
  reorder: ["step"],
};

/** The entries that a decision acts on. */
export function touched(decision) {
  return (FIELDS[decision.kind] ?? []).flatMap((field) => decision[field] ?? []);
}

/** The revisions of what a decision acts on, as this map shows them: what the server checks it against. */
export function seenIn(map, decision) {
  const seen = {};
  for (const id of touched(decision)) {
    const entry = entryOf(map, id);
    if (entry?.revision) seen[id] = entry.revision;
  }
  return seen;
}

/**
 * The map as it will be once a decision is taken; the same map where that cannot be foretold.
 * @param {object} map
 * @param {object} decision - kind and fields of jtbd-decision/1.
 * @param {string} key - tells entries that it makes from others.
 */
export function foretell(map, decision, key) {
  const rule = RULES[decision.kind];
  if (!rule || touched(decision).some((id) => !entryOf(map, id))) return map;
  return rule(map, decision, foretoldId(key));
}

/** The map with another id for one entry. */
export function withId(map, id, next) {
  const swap = (entry) => (entry.id === id ? { ...entry, id: next } : entry);
  const steps = map.steps.map((step) => swap(step.needs.includes(id) ? { ...step, needs: step.needs.map((need) => (need === id ? next : need)) } : step));
  return { ...map, steps, needs: map.needs.map((need) => swap(need.step === id ? { ...need, step: next } : need)) };
}

/** The map with other revisions of some entries, by id. */
export function withRevisions(map, revisions) {
  const swap = (entry) => (revisions[entry.id] ? { ...entry, revision: revisions[entry.id] } : entry);
  return { ...map, steps: map.steps.map(swap), needs: map.needs.map(swap) };
}

/** Words of a phrase that tell it from others. */
export function telling(phrase) {
  const found = phrase.toLowerCase().match(/\p{L}{3,}/gu) ?? [];
  return new Set(found.filter((word) => !COMMON.has(word)).map((word) => word.replace(/(ing|ed|es|s)$/, "")));
}

/** Steps that share words with this one, most alike first; `{step, likeness}` with likeness in (0, 1]. */
export function similarSteps(map, step, n = 5) {
  const own = telling(step.phrase);
  const others = map.steps.filter((other) => other.id !== step.id && isThere(other));
  return others
    .map((other) => ({ step: other, likeness: overlap(own, telling(other.phrase)) + (other.stage === step.stage ? 0.01 : 0) }))
    .filter(({ likeness }) => likeness > 0.02)
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, n);
}

const COMMON = new Set("the and for with from into what when where that this you your their them its how whether out get".split(" "));

function overlap(a, b) {
  const shared = [...a].filter((word) => b.has(word)).length;
  return shared ? shared / (a.size + b.size - shared) : 0;
}

const RULES = {
  approve: (map, { entry }) => changed(map, entry, (e) => (isApproved(e) ? {} : { state: "approved" })),
  edit: (map, { entry, text }) =>
    changed(map, entry, (e) => ({ state: "edited", lint: [], [isStep(e) ? "phrase" : "statement"]: text })),
  reject: (map, { entry }) => {
    const rejected = changed(map, entry, () => ({ state: "rejected", needs: [] }));
    return { ...rejected, needs: rejected.needs.map((n) => (n.step === entry ? { ...n, step: null } : n)) };
  },
  merge: (map, { into, entries }) => {
    const gone = new Set(entries);
    const taken = entries.map((id) => entryOf(map, id));
    const isTakenApproved = taken.some(isApproved);
    const merged = changed(map, into, (kept) => ({
      state: !isApproved(kept) && isTakenApproved ? "approved" : kept.state,
      statements: [...kept.statements, ...taken.flatMap((e) => e.statements)],
      n_participants: Math.max(kept.n_participants, ...taken.map((e) => e.n_participants)),
      ...(isStep(kept) && {
        n_statements: kept.n_statements + sum(taken.map((e) => e.n_statements)),
        needs: [...kept.needs, ...taken.flatMap((e) => e.needs)],
        need_quotes: [...(kept.need_quotes ?? []), ...taken.flatMap((e) => e.need_quotes ?? [])],
      }),
    }));
    return {
      ...merged,
      steps: merged.steps.filter((s) => !gone.has(s.id)),
      needs: merged.needs.filter((n) => !gone.has(n.id)).map((n) => (gone.has(n.step) ? { ...n, step: into } : n)),
    };
  },
  split: (map, { step, statements, phrase, needs = [] }, id) => {
    const taken = new Set(statements);
    const from = entryOf(map, step);
    const left = changed(map, step, (s) => ({
      statements: s.statements.filter((one) => !taken.has(one)),
      n_statements: s.n_statements - taken.size,
      needs: s.needs.filter((one) => !needs.includes(one)),
    }));
    const fresh = { ...madeByHand(id, { phrase, stage: from.stage, position: from.position + 0.5, statements }), needs };
    return { ...left, steps: [...left.steps, fresh], needs: left.needs.map((n) => (needs.includes(n.id) ? { ...n, step: id } : n)) };
  },
  move_step: (map, { step, stage }) =>
    entryOf(map, step).stage === stage ? map : changed(map, step, () => ({ stage, position: last(map, stage) + 1 })),
  reorder: (map, { step, after }) => {
    const moved = entryOf(map, step);
    const others = stepsOf(map, moved.stage).filter((s) => s.id !== step);
    others.splice(after === null ? 0 : others.findIndex((s) => s.id === after) + 1, 0, moved);
    const places = new Map(others.map((s, i) => [s.id, i + 1]));
    return { ...map, steps: map.steps.map((s) => (places.has(s.id) ? { ...s, position: places.get(s.id) } : s)) };
  },
  move_need: (map, { need, step }) => {
    const moved = changed(map, need, () => ({ step }));
    const without = (s) => s.needs.filter((id) => id !== need);
    return { ...moved, steps: moved.steps.map((s) => (s.id === step ? { ...s, needs: [...without(s), need] } : s.needs.includes(need) ? { ...s, needs: without(s) } : s)) };
  },
  move_statement: (map, { statement, entry }) => {
    const moved = (e) => {
      const had = e.statements.includes(statement);
      if (e.id === entry) return had ? e : { ...e, statements: [...e.statements, statement], ...(isStep(e) && { n_statements: e.n_statements + 1 }) };
      return had ? { ...e, statements: e.statements.filter((s) => s !== statement), ...(isStep(e) && { n_statements: e.n_statements - 1 }) } : e;
    };
    const isLoose = (s) => s.need_quotes?.includes(statement);
    const taken = (s) => (isLoose(s) ? { ...s, need_quotes: s.need_quotes.filter((id) => id !== statement) } : s);
    return { ...map, steps: map.steps.map(moved).map(taken), needs: map.needs.map(moved), ungrouped: map.ungrouped?.filter((s) => s !== statement) };
  },
  add_step: (map, { phrase, stage }, id) => ({
    ...map,
    steps: [...map.steps, madeByHand(id, { phrase, stage, position: last(map, stage) + 1, statements: [] })],
  }),
  add_need: (map, { statement, step }, id) => ({
    ...map,
    needs: [...map.needs, { id, statement, step, state: "approved", origin: "by hand", statements: [], n_participants: 0, lint: [] }],
    steps: map.steps.map((s) => (s.id === step ? { ...s, needs: [...s.needs, id] } : s)),
  }),
  comment: (map, { entry }) => (entry ? changed(map, entry, (e) => ({ n_comments: (e.n_comments ?? 0) + 1 })) : map),
};

function madeByHand(id, fields) {
  return { id, state: "approved", origin: "by hand", needs: [], n_statements: fields.statements.length, n_participants: 0, lint: [], n_comments: 0, ...fields };
}

function changed(map, id, change) {
  const swap = (entry) => (entry.id === id ? { ...entry, ...change(entry) } : entry);
  return { ...map, steps: map.steps.map(swap), needs: map.needs.map(swap) };
}

function last(map, stage) {
  return Math.max(0, ...map.steps.filter((s) => s.stage === stage).map((s) => s.position));
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

// Looked up often, made once a map.
const INDEXES = new WeakMap();
const GROUPS = new WeakMap();

function indexOf(map) {
  if (!INDEXES.has(map)) INDEXES.set(map, new Map([...map.steps, ...map.needs].map((entry) => [entry.id, entry])));
  return INDEXES.get(map);
}

function groupedNeeds(map) {
  if (!GROUPS.has(map)) GROUPS.set(map, grouped(map.needs));
  return GROUPS.get(map);
}

function grouped(needs) {
  const groups = new Map();
  for (const need of needs) {
    if (groups.has(need.step)) groups.get(need.step).push(need);
    else groups.set(need.step, [need]);
  }
  return groups;
}

/** The stages in order, as the map tells of them; stages it does not tell of are empty. */
export function stagesOf(map) {
  const told = new Map(map.stages.map((stage) => [stage.stage, stage]));
  return STAGES.map((stage) => told.get(stage) ?? { stage, status: "missing", nearest: [], ask: "" });
}
