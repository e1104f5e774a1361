// What just happened, in a line at the foot of the page and for screen readers.

import { h, show, words } from "./dom.js";
import { T } from "./strings.js";

const SHOWN_MS = 7000;

const foot = h("div.notices", { role: "status", "aria-live": "polite" });
const urgent = h("div.notices.urgent", { role: "alert" });
let timer = 0;

/** The two places for notices, to be put into the page once. */
export const noticePlaces = [foot, urgent];

/**
 * Say something.
 * @param {string} text
 * @param {{does?: () => void, says?: string}} [way] - a button beside it.
 */
export function tell(text, way) {
  clearTimeout(timer);
  const line = h("div.notice", {}, words(text, "span"));
  if (way) {
    const button = h("button.plain", { type: "button", on: { click: () => (clear(), way.does()) } }, way.says);
    line.append(button);
  }
  show(foot, line);
  timer = setTimeout(clear, SHOWN_MS);
}

/** Say what went wrong; it stays until it is closed or another screen is shown. */
export function warn(text) {
  const close = h("button.plain", { type: "button", on: { click: clearWarning } }, T.close);
  show(urgent, h("div.notice", {}, words(text, "span"), close));
}

/** Take the last warning away. */
export function clearWarning() {
  show(urgent);
}

/** What went wrong, as a person wants to read it. */
export function faultText(fault) {
  return fault.name === "Unreachable" ? T.unreachable : fault.name === "Refused" ? fault.message : T.unexpected(fault.message);
}

/** Do something that may fail, and say so if it does. */
export async function trying(work) {
  try {
    return await work();
  } catch (fault) {
    if (fault.name === "AbortError") return undefined;
    if (!["Unreachable", "Refused"].includes(fault.name)) console.error(fault);
    warn(faultText(fault));
    return undefined;
  }
}

function clear() {
  show(foot);
}
