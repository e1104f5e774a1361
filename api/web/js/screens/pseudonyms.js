// Pseudonyms of a study: the choice before the first interview, the key that only people keep, and the review of what
// was replaced by what.

import { Refused, get, post, remove } from "../api.js";
import { ask, askLine, confirm } from "../dialogs.js";
import { h, show, words } from "../dom.js";
import { tell, trying } from "../notices.js";
import { may } from "../rights.js";
import { T } from "../strings.js";
import { labelled } from "./fields.js";
import { tableOf } from "./rules.js";
import { showSecret } from "./settings.js";

const KINDS = ["person", "place", "organisation", "email", "phone", "other"];

/** Which names a study replaces. The key is known for this visit only, once somebody gave it. */
export class Pseudonyms {
  /**
   * @param {import("../model.js").StudyModel} model
   * @param {() => void} onReworded - called when names in interviews became others.
   */
  constructor(model, onReworded) {
    Object.assign(this, { model, onReworded, areUsed: false, entries: [] });
    this.choice = h("div.choice", { hidden: true });
    this.review = h("section", { hidden: true });
    this.load();
  }

  get headers() {
    return this.model.studyKey ? { "X-Study-Key": this.model.studyKey } : {};
  }

  get path() {
    return `/studies/${this.model.id}/pseudonyms`;
  }

  /** Fetch what is replaced; who may not see it sees nothing of it here. */
  async load() {
    if (!may(this.model, "analyse")) return this.draw();
    try {
      const { are_used: areUsed, pseudonyms } = await get(this.path, { headers: this.headers });
      Object.assign(this, { areUsed, entries: pseudonyms, mayBegin: may(this.model, "manage") });
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
    }
    this.draw();
  }

  draw() {
    const isEmpty = this.model.state.transcripts?.length === 0;
    this.choice.hidden = !this.areUsed && !(this.mayBegin && isEmpty);
    show(this.choice, this.areUsed ? h("p.soft", {}, T.namesAreReplaced) : [h("button.plain", { type: "button", on: { click: () => this.begin() } }, T.replaceNames), h("p.hint", {}, T.replaceNamesHint)]);
    this.review.hidden = !this.areUsed;
    if (this.areUsed) show(this.review, h("h2", {}, T.pseudonyms), h("p.hint", {}, T.pseudonymsHint), this.ways(), this.table());
  }

  ways() {
    const { studyKey } = this.model;
    return h("div.tools", {},
      !studyKey && h("button", { type: "button", on: { click: () => this.key() } }, T.showNames),
      h("button", { type: "button", on: { click: () => this.add() } }, T.missedName),
      h("span.soft", {}, T.nReplaced(this.entries.length)));
  }

  table() {
    if (!this.entries.length) return h("p.soft", {}, T.nothingReplaced);
    const back = (entry) => h("button.plain.small", { type: "button", "aria-label": `${T.putBack}: ${entry.pseudonym}`, on: { click: () => this.putBack(entry) } }, T.putBack);
    return tableOf([T.pseudonym, T.kind, T.standsFor, ""], this.entries.map((entry) => [words(entry.pseudonym), T.nameKinds[entry.kind], entry.names ? entry.names.flatMap((name, i) => [i > 0 && ", ", words(name)]) : h("span.soft", {}, T.sealed), entry.kind !== "interview" && back(entry)]), T.pseudonyms);
  }

  /** Replace names from now on; the key is shown this once. */
  async begin() {
    if (!(await confirm({ title: T.replaceNames, body: [h("p", {}, T.replaceNamesHint), h("p", {}, T.replaceNamesWhy)], says: T.replaceNames }))) return;
    await trying(async () => {
      const { key } = await post(this.path);
      this.model.studyKey = key;
      await showSecret(T.studyKey, key, T.studyKeyOnce);
      await this.load();
    });
  }

  /** The key of the study, asked for where it is not known; null where it was not given. */
  async key() {
    if (this.model.studyKey) return this.model.studyKey;
    const given = await askLine({
      title: T.namesReplacedTitle, label: T.studyKey, hint: T.studyKeyHint, says: T.goOn,
      send: async (key) => (await get(this.path, { headers: { "X-Study-Key": key } }), key),
    });
    if (!given) return null;
    this.model.studyKey = given;
    await this.load();
    return given;
  }

  /** Replace a name that was overlooked. */
  async add() {
    if (!(await this.key())) return;
    const name = h("input", { id: "missed-name", autocomplete: "off" });
    const kind = h("select", { id: "missed-kind" }, KINDS.map((one) => h("option", { value: one }, T.nameKinds[one])));
    const sameAs = h("select", { id: "missed-same" }, h("option", { value: "" }, T.ownPseudonym), this.entries.filter((entry) => entry.kind !== "interview").map((entry) => h("option", { value: entry.pseudonym }, `${entry.pseudonym} (${(entry.names ?? []).join(", ")})`)));
    const made = await ask({
      title: T.missedName,
      body: [labelled("missed-name", T.nameAsSaid, name), labelled("missed-kind", T.kind, kind), labelled("missed-same", T.replacedBy, sameAs)],
      actions: [{ says: T.replaceIt, value: true, kind: "main" }],
      onOpen: () => name.focus(),
      read: () => (name.value.trim() ? { name: name.value.trim(), kind: kind.value, same_as: sameAs.value || null } : (name.focus(), undefined)),
      send: (missed) => post(`${this.path}/names`, missed, { headers: this.headers }),
    });
    if (made) this.reworded(T.nowReplaced(made.pseudonym));
  }

  /** Put back what a pseudonym stands for: it is no name. */
  async putBack({ pseudonym }) {
    if (!(await this.key())) return;
    if (!(await confirm({ title: T.putBackOne(pseudonym), body: h("p", {}, T.putBackHint), says: T.putBack }))) return;
    await trying(async () => {
      await remove(`${this.path}/${encodeURIComponent(pseudonym)}`, { headers: this.headers });
      this.reworded(T.isBack(pseudonym));
    });
  }

  reworded(says) {
    tell(says);
    this.load();
    this.onReworded();
  }
}
