// Light, dark, or as the device says; remembered in this browser.

import { h } from "./dom.js";
import { T } from "./strings.js";

const PLACE = "jtbd.theme";
const NAMES = ["auto", "light", "dark"];

/** A choice of colours. */
export function themePicker() {
  const current = remembered();
  apply(current);
  const pick = (event) => {
    apply(event.target.value);
    try {
      localStorage.setItem(PLACE, event.target.value);
    } catch {
      // Kept for this visit only.
    }
  };
  return h("label.inline.theme", {}, h("span.sr", {}, T.theme), h("select.plain", { on: { change: pick } }, NAMES.map((name) => h("option", { value: name, selected: name === current }, T.themes[name]))));
}

function apply(name) {
  if (name === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
}

function remembered() {
  try {
    const name = localStorage.getItem(PLACE);
    return NAMES.includes(name) ? name : "auto";
  } catch {
    return "auto";
  }
}

apply(remembered());
