// After a blind review: the entries on which analysts differ, what each wanted of them, and the way to do as one of them did.

import { get } from "../api.js";
import { h, words } from "../dom.js";
import { entryOf, isStep, wordingOf } from "../jobmap.js";
import { trying } from "../notices.js";
import { T } from "../strings.js";

/** What is left to settle of a study's blind review, as far as it is known. */
export class Disputes {
  /** @param {() => void} onChange - called when there are others than before. */
  constructor(model, onChange) {
    Object.assign(this, { model, onChange, verdicts: new Map(), begun: new Map() });
  }

  /** Ask the server, where the map is another than when it was asked last. */
  look() {
    const { served } = this.model.state;
    if (this.revision === served.revision) return;
    this.revision = served.revision;
    if (served.blind === "revealed") trying(() => this.load());
    else this.keep([]);
  }

  async load() {
    this.keep((await get(`/studies/${this.model.id}/blind`)).disputed);
  }

  keep(disputed) {
    const before = this.verdicts.size;
    this.verdicts = new Map(disputed.map(({ entry, verdicts }) => [entry, verdicts]));
    this.begun = new Map([...this.verdicts.keys()].map((id) => [id, standing(entryOf(this.model.state.served, id))]));
    if (before || disputed.length) this.onChange();
  }

  /** Entries that nobody has decided on since, in the order of the map. */
  left() {
    const { map } = this.model.state;
    return [...map.steps, ...map.needs].filter((entry) => this.begun.has(entry.id) && this.begun.get(entry.id) === standing(entry));
  }

  /** What each analyst wanted of an entry, side by side. */
  view(entry, acts) {
    const { map } = this.model.state;
    const one = ([analyst, verdict]) => {
      const isThere = !verdict.into || entryOf(map, verdict.into);
      const isWhole = !verdict.is_regrouped && isThere && (verdict.review !== "suggested" || verdict.place !== placeOf(entry) || verdict.into);
      return h("div.version", {}, h("h3", {}, words(analyst)), verdictText(entry, verdict, map),
        acts && isWhole && h("button.small", { type: "button", "aria-label": T.doAs(analyst), on: { click: () => doAs(entry, verdict, acts) } }, T.doThis));
    };
    return h("div.versions", {}, Object.entries(this.verdicts.get(entry.id)).map(one));
  }
}

function verdictText(entry, { review, wording, place, into, is_regrouped: isRegrouped }, map) {
  if (into) return h("p", {}, T.mergedInto, " ", words(entryOf(map, into) ? wordingOf(entryOf(map, into)) : into, "q"));
  const step = !isStep(entry) && place && entryOf(map, place);
  const moved = place !== placeOf(entry) && (isStep(entry) ? T.stages[place] : step ? wordingOf(step) : T.noStep);
  return [h("p", {}, T.states[review], moved && [" · ", words(moved)]), review === "edited" && words(wording, "q"), isRegrouped && h("p.soft", {}, T.regrouped)];
}

function doAs(entry, { review, wording, place, into }, acts) {
  if (into) return void acts.merge(entryOf(acts.map, into), [entry]);
  if (place !== placeOf(entry)) {
    if (isStep(entry)) acts.moveStep(entry, place);
    else acts.moveNeed(entry, entryOf(acts.map, place));
  }
  if (review === "approved") acts.approve(entry);
  else if (review === "edited") acts.edit(entry, wording);
  else if (review === "rejected") acts.reject(entry);
}

const placeOf = (entry) => (isStep(entry) ? entry.stage : entry.step);

const standing = (entry) => entry && JSON.stringify([entry.state, wordingOf(entry), placeOf(entry)]);
