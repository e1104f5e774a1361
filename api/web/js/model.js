// One study in view: its job map, acts on it that wait for the server, the quotes behind it, and what others change.

import { Refused, address, get, getAll, listOf } from "./api.js";
import { entryOf, foretell, foretoldId, isForetold, isStep, seenIn, withId, withRevisions, wordingOf } from "./jobmap.js";
import { Outbox } from "./outbox.js";
import { learnRights } from "./rights.js";
import { Store } from "./store.js";

const RELOAD_PAUSE_MS = 250;
const FLASH_MS = 4000;
const N_EVIDENCE_AT_ONCE = 300;
const N_ALIKE = 60;
const TAKING_BACK = new Set(["undo", "redo"]);

/**
 * The state of the store:
 *   study, transcripts, participants, runs: as the API gives them; null until they are there.
 *   served: the job map as the server last gave it; null where no run is done. `isLoaded` once that is known.
 *   map: `served` with what waits foretold: what is shown.
 *   waiting: acts on their way. isConnected: whether the server answers. conflicts: acts that were refused, oldest first.
 *   flashed: ids of entries that somebody else just changed.
 *   run: progress of the run under way, or null.
 */
export class StudyModel {
  constructor(studyId, session, hooks) {
    this.id = studyId;
    this.session = session;
    this.hooks = hooks;
    this.evidence = new Map();
    this.history = [];
    this.likeness = new Map();
    // Ids that the server gave to entries that were foretold under another.
    this.named = new Map();
    this.store = new Store({
      study: null, transcripts: null, participants: null, runs: null, served: null, map: null, isLoaded: false,
      waiting: [], isConnected: true, conflicts: [], flashed: new Set(), run: null,
    });
    this.outbox = new Outbox(studyId, session.id, {
      onChange: (acts) => this.foretold(acts),
      onAnswer: (act, answer) => this.answered(act, answer),
      onRefused: (act, refused) => this.refused(act, refused),
      onConnection: (isConnected) => this.connected(isConnected),
    });
    this.listen();
  }

  get state() {
    return this.store.state;
  }

  /** Fetch what every screen needs: the study, what the person may do in it, and its map, if there is one. */
  async load() {
    const [study] = await Promise.all([get(`/studies/${this.id}`), this.loadRuns(), learnRights(this.session, this.id)]);
    await this.loadMap();
    this.store.update({ study });
  }

  async loadMap() {
    if (!this.state.runs.some((run) => run.state === "done")) return void this.store.update({ served: null, map: null, isLoaded: true });
    try {
      const served = await get(`/studies/${this.id}/job-map`);
      this.likeness.clear();
      this.store.update({ served, isLoaded: true });
      this.foretold(this.outbox.acts);
      // What was told while the map was on its way may be newer than it.
      if (this.announced && this.announced !== served.revision) this.reloadSoon();
      this.announced = null;
    } catch (fault) {
      if (!(fault instanceof Refused) || ![404, 409].includes(fault.status)) throw fault;
      this.store.update({ served: null, map: null, isLoaded: true });
    }
  }

  async loadTranscripts() {
    this.store.update({ transcripts: await getAll(`/studies/${this.id}/transcripts`, "transcripts", { speakers: true }) });
  }

  async loadParticipants() {
    this.store.update({ participants: await getAll(`/studies/${this.id}/participants`, "participants") });
  }

  async loadRuns() {
    const runs = listOf(await get(`/studies/${this.id}/runs`), "runs");
    const run = runs.find((one) => ["queued", "running"].includes(one.state)) ?? null;
    this.store.update({ runs, run });
  }

  /** Leave the study. */
  close() {
    this.outbox.close();
    this.events?.close();
    this.isClosed = true;
  }

  /**
   * Decide something: shown at once, sent when its turn comes.
   * @param {object} decision - kind and fields of jtbd-decision/1, without what the server gives.
   * @param {string} summary - the act in words, for notices.
   */
  act(decision, summary) {
    const { map } = this.state;
    if (!map) return null;
    return this.outbox.add({ ...decision, seen: decision.seen ?? seenIn(map, decision) }, summary);
  }

  /** Whether the server has not answered yet to an act that names an entry. */
  isPending(id) {
    const { waiting } = this.state;
    if (this.pending?.waiting !== waiting) this.pending = { waiting, text: JSON.stringify(waiting.map((act) => act.decision)) };
    return isForetold(id) || this.pending.text.includes(id);
  }

  /** Take back one's own latest act: from the queue if it waits there, or by a decision. Null if there is none. */
  undo() {
    const waiting = this.outbox.acts.at(-1);
    if (waiting && !TAKING_BACK.has(waiting.decision.kind) && this.outbox.takeBack(waiting.key)) return { summary: waiting.summary };
    const latest = this.history.pop();
    const decision = latest?.decision ?? this.state.served?.next_undo?.[this.session.name];
    if (!decision || this.outbox.acts.some((act) => act.decision.decision === decision)) return null;
    if (latest) this.store.update({ served: { ...latest.before, next_undo: {} } });
    this.outbox.add({ kind: "undo", decision }, "");
    return { summary: latest?.summary ?? "" };
  }

  /** Put back what one took back last. */
  redo() {
    const decision = this.state.served?.next_redo?.[this.session.name];
    if (!decision) return null;
    return this.outbox.add({ kind: "redo", decision }, "");
  }

  /** Quotes by statement id, fetched as far as they are not here yet; unknown ones are left out. */
  async quotesOf(ids) {
    const missing = ids.filter((id) => !this.evidence.has(id) && !isForetold(id));
    for (let i = 0; i < missing.length; i += N_EVIDENCE_AT_ONCE) {
      const asked = missing.slice(i, i + N_EVIDENCE_AT_ONCE);
      const answer = await get(`/studies/${this.id}/evidence`, { query: { ids: asked.join(","), offsets: "utf16" } });
      for (const quote of listOf(answer, "evidence")) this.evidence.set(quote.id, quote);
    }
    return ids.map((id) => this.evidence.get(id)).filter(Boolean);
  }

  /** Entries of the sort of this one by meaning, the likest first: `{id, similarity}` with a cosine; refused without the encoder. */
  alike(entry) {
    const [path, key] = isStep(entry) ? ["job-steps", "steps"] : ["needs", "needs"];
    const asked = `${path} ${wordingOf(entry)}`;
    if (!this.likeness.has(asked)) {
      const query = { like: wordingOf(entry), status: "all", fields: "id,similarity", "page[limit]": N_ALIKE };
      this.likeness.set(asked, get(`/studies/${this.id}/${path}`, { query }).then((answer) => listOf(answer, key)));
    }
    return this.likeness.get(asked);
  }

  /** What else a step could be called, by the words of its quotes; nothing for one that the server does not know yet. */
  async otherNames(step) {
    if (isForetold(step.id)) return [];
    return (await get(`/studies/${this.id}/job-map/steps/${step.id}/names`)).names;
  }

  /** Names that the program writes for a step from its quotes; the first ones take some seconds. */
  async writtenNames(step) {
    if (isForetold(step.id)) return [];
    return (await get(`/studies/${this.id}/job-map/steps/${step.id}/written-names`)).names;
  }

  /** Needs that the program writes from a quote; the first ones take some seconds. */
  async writtenNeeds(quote) {
    if (!quote || isForetold(quote)) return [];
    return (await get(`/studies/${this.id}/evidence/${quote}/written-needs`)).needs;
  }

  /** Quotes that are here already. */
  quotesAtHand(ids) {
    return ids.map((id) => this.evidence.get(id)).filter(Boolean);
  }

  // What the outbox tells.

  foretold(waiting) {
    const { served } = this.state;
    const map = served && waiting.reduce((now, act) => foretell(now, act.decision, act.key), served);
    this.store.update({ waiting, map });
  }

  answered(act, { decision, revision, revisions = {} }) {
    const before = this.state.served;
    if (before) {
      for (const [id, after] of Object.entries(revisions)) {
        const known = entryOf(before, id);
        if (known) this.outbox.follow(id, known.revision, after);
      }
      const made = Object.keys(revisions).find((id) => !entryOf(before, id));
      const told = foretell(before, act.decision, act.key);
      const served = withRevisions(made ? withId(told, foretoldId(act.key), made) : told, revisions);
      if (made) this.named.set(foretoldId(act.key), made);
      this.store.update({ served: { ...served, revision, next_undo: { ...before.next_undo, [this.session.name]: decision.id } } });
      if (!TAKING_BACK.has(act.decision.kind)) this.history.push({ decision: decision.id, before, summary: act.summary });
    }
    this.reloadSoon();
    this.hooks.onAnswered?.(act);
  }

  refused(act, refused) {
    if (refused.status === 409) this.store.update({ conflicts: [...this.state.conflicts, { act, refused }] });
    else this.hooks.onRefused?.(act, refused);
    this.reloadSoon();
  }

  /** Forget the oldest conflict; with `decision`, send that instead. */
  settleConflict(decision = null) {
    const [first, ...conflicts] = this.state.conflicts;
    this.store.update({ conflicts });
    if (decision) this.outbox.add(decision, first.act.summary);
  }

  connected(isConnected) {
    if (this.state.isConnected !== isConnected) this.store.update({ isConnected });
    if (isConnected && this.events?.readyState === EventSource.CLOSED) this.listen();
  }

  /** Fetch the map again once no act waits: counts and order are the server's to work out. */
  reloadSoon() {
    clearTimeout(this.reloading);
    this.reloading = setTimeout(() => {
      if (this.outbox.acts.length) this.reloadSoon();
      else this.loadMap().catch(() => this.reloadSoon());
    }, RELOAD_PAUSE_MS);
  }

  // What the server tells of its own accord.

  listen() {
    this.events = new EventSource(address(`/studies/${this.id}/events`));
    const on = (name, hear) => this.events.addEventListener(name, (event) => hear(parsed(event.data)));
    on("jobmap.changed", (change) => this.changedElsewhere(change));
    on("run.progress", ({ run, ...progress }) => this.runMoved({ id: run, ...progress }));
    on("run.completed", () => this.runEnded());
    for (const name of ["transcript.added", "transcript.erased"]) on(name, () => this.state.transcripts && this.loadTranscripts().catch(() => {}));
    this.events.addEventListener("open", () => this.connected(true));
    this.events.addEventListener("error", () => {
      if (this.events.readyState === EventSource.CLOSED && !this.isClosed) setTimeout(() => this.listen(), 3000);
    });
  }

  /** Do something that changes the map but is no decision: what the server tells of it is not news from others. */
  async changing(work) {
    this.isChanging = true;
    try {
      await work();
      await this.loadMap();
    } finally {
      this.isChanging = false;
    }
  }

  async changedElsewhere({ revision } = {}) {
    if (!this.state.isLoaded) {
      this.announced = revision;
      return;
    }
    if (this.isChanging || this.outbox.acts.length || (revision !== undefined && revision === this.state.served?.revision)) return;
    const before = this.state.served;
    await this.loadMap().catch(() => {});
    const now = this.state.served;
    if (!before || !now) return;
    const changed = [...now.steps, ...now.needs].filter((entry) => entryOf(before, entry.id)?.revision !== entry.revision);
    if (!changed.length) return;
    this.store.update({ flashed: new Set(changed.map((entry) => entry.id)) });
    this.hooks.onChangedElsewhere?.(changed);
    setTimeout(() => this.store.update({ flashed: new Set() }), FLASH_MS);
  }

  runMoved(run) {
    if (["queued", "running"].includes(run.state)) this.store.update({ run: { ...this.state.run, ...run } });
    else this.runEnded();
  }

  async runEnded() {
    await this.loadRuns().catch(() => {});
    this.evidence.clear();
    await this.loadMap().catch(() => {});
    this.hooks.onRunEnded?.();
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
