// Wordings that a press takes: other names of a step, and other beginnings of a need.

import { h, show, words } from "./dom.js";
import { T } from "./strings.js";

const BEGINNINGS = [
  "minimize the time it takes to", "minimize the effort it takes to", "minimize the likelihood that", "minimize the number of", "minimize the cost of", "minimize the uncertainty about",
  "increase the likelihood that", "increase the ability to", "increase the number of", "increase the quality of", "increase the accuracy of", "increase the control over",
];
// Direction, metric of up to four words, and what joins it to its object.
const BEGINNING = /^\s*(?:minimize|increase) the (?:[\w-]+ ){1,4}?(?:it takes to|that|of|about|to|over|in|for|with|on)(?:\s+|$)/iu;

/** A button for each text, which gives it to `take`; the focus stays where it is. */
export function offers(label, texts, take) {
  const button = (text) => h("button.small", { type: "button", on: { mousedown: (event) => event.preventDefault(), click: () => take(text) } }, words(text));
  return h("div.offers", { role: "group", "aria-label": label }, texts.map(button));
}

/** What else a step could be called, for `offersOnceThere`: by its quotes, and, some seconds later, as the program puts it. */
export function namesFor(model, step) {
  return [{ above: T.otherNames, found: model.otherNames(step) }, { above: T.writtenNames, found: model.writtenNames(step), meanwhile: T.writingNames }];
}

/** What a quote may tell as a need, as the program puts it. */
export function needsFor(model, quote) {
  return { above: T.writtenNames, found: model.writtenNeeds(quote), meanwhile: T.writingNeeds };
}

/**
 * Offers that stand there once they are found, but for what is worded so already.
 * @param {object} wording - words `above` the offers, a promise of the texts `found`, words to stand there `meanwhile`.
 */
export function offersOnceThere({ above, found, meanwhile }, take, present = "") {
  const place = h("div.offered", {}, meanwhile && h("p.hint", {}, meanwhile));
  const fill = (texts) => show(place, ...(texts.length ? [h("p.hint", {}, above), offers(above, texts, take)] : []));
  found.then((texts) => fill(texts.filter((text) => text !== present)), () => fill([]));
  return place;
}

/** The statement with another beginning; what it is about stays as it is, and so does a text that begins otherwise, after it. */
function beginWith(beginning, statement) {
  return `${beginning} ${statement.replace(BEGINNING, "").trimStart()}`;
}

/** Buttons that give the statement in `field` another beginning. */
export function needBeginnings(field) {
  const take = (beginning) => putInto(field, beginWith(beginning, field.value));
  return h("details", {}, h("summary", {}, T.beginnings), offers(T.beginnings, BEGINNINGS, take));
}

/** Put a text into a field, the caret after it. */
export function putInto(field, text) {
  field.value = text;
  field.focus();
  field.setSelectionRange(text.length, text.length);
}
