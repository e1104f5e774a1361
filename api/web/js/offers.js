// Wordings that a press takes: other names of a step, and other beginnings of a need.

import { h, words } from "./dom.js";
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

/** The statement with another beginning; what it is about stays as it is, and so does a text that begins otherwise, after it. */
function beginWith(beginning, statement) {
  return `${beginning} ${statement.replace(BEGINNING, "").trimStart()}`;
}

/** Buttons that give the statement in `field` another beginning. */
export function needBeginnings(field) {
  const take = (beginning) => {
    field.value = beginWith(beginning, field.value);
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  };
  return h("details", {}, h("summary", {}, T.beginnings), offers(T.beginnings, BEGINNINGS, take));
}
