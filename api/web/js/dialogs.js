// Questions that stand before the page until they are answered: the browser's own <dialog>, which keeps the focus.

import { h, show, words } from "./dom.js";
import { faultText } from "./notices.js";
import { T } from "./strings.js";

const N_CHOICES = 60;

/**
 * Open a dialog.
 * @param {object} options - `title`, `body` (nodes), `actions` ([{says, value, kind}], the first is what Enter does),
 *   `isWide`, `closes` (the name of the button that answers nothing), `read(value)` to work out the answer from the body
 *   (undefined keeps the dialog open), and `send(answer)` to do something with it that may fail: then what went wrong is
 *   said in the dialog, which stays as it is.
 * @returns {Promise<*>} what `send` gives, or `read`, or the value; null where it was closed.
 */
export function ask({ title, body = [], actions, isWide = false, closes = T.cancel, read = (value) => value, send = (answer) => answer, onOpen }) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const form = h("form.dialog-form", { method: "dialog", novalidate: true });
    const box = h(isWide ? "dialog.wide" : "dialog", { "aria-labelledby": "dialog-title" }, form);
    let answer = null;
    const fault = h("p.fault", { role: "alert" });
    const close = (value) => {
      answer = value;
      box.close();
    };
    const buttons = actions.map(({ says, value, kind = "" }, i) =>
      h("button", {
        type: i === 0 ? "submit" : "button",
        class: kind,
        on: {
          click: async (event) => {
            event.preventDefault();
            const found = await read(value);
            if (found === undefined) return;
            fault.textContent = "";
            try {
              close(await send(found));
            } catch (error) {
              fault.textContent = faultText(error);
            }
          },
        },
      }, says),
    );
    const cancel = h("button.plain", { type: "button", on: { click: () => close(null) } }, closes);
    show(form, h("h2", { id: "dialog-title" }, words(title, "span")), h("div.dialog-body", {}, body), fault, h("div.actions", {}, buttons, cancel));
    box.addEventListener("close", () => {
      box.remove();
      if (before?.isConnected) before.focus();
      resolve(answer);
    });
    // What scrolls without a field in it is scrolled by keys only if it can have the focus.
    const scrolled = form.querySelector(".dialog-body");
    if (!scrolled.querySelector("input, select, textarea, button")) scrolled.tabIndex = 0;
    document.body.append(box);
    box.showModal();
    (buttons[0] ?? cancel).focus();
    onOpen?.({ box, close });
  });
}

/** Ask for one line; null where nothing was said. */
export function askLine({ title, label, value = "", says = T.save, kind = "main", hint, isLong = false, below, send }) {
  const field = h(isLong ? "textarea" : "input", { id: "asked-line", rows: isLong ? 3 : null, autocomplete: "off", props: { value } });
  return ask({
    title,
    body: [h("label", { for: "asked-line" }, label), field, hint && h("p.hint", {}, hint), below?.(field)],
    actions: [{ says, value: true, kind }],
    read: () => field.value.trim() || (field.focus(), undefined),
    send,
    onOpen: () => (field.focus(), field.select()),
  });
}

/** Ask whether to go on. */
export async function confirm({ title, body, says, kind = "main" }) {
  return (await ask({ title, body, actions: [{ says, value: true, kind }] })) === true;
}

/**
 * Choose one of many by typing: a list box that arrows and Enter work in.
 * @param {object} options - `title`, `label`, `choices` ([{value, text, hint}]), and `better`, a promise of the choices in
 *   a better order, or of null; what somebody has turned to by then stays chosen.
 * @returns {Promise<*>} the value, or null.
 */
export function choose({ title, label, choices, better = null, says = T.choose }) {
  let ordered = choices;
  let active = 0;
  let found = ordered;
  const list = h("ul.choices", { role: "listbox", id: "choices", "aria-label": label });
  const field = h("input", { id: "choice", role: "combobox", "aria-expanded": "true", "aria-controls": "choices", "aria-autocomplete": "list", autocomplete: "off" });
  let finish = () => {};
  const draw = () => {
    const asked = field.value.toLowerCase().split(/\s+/);
    found = ordered.filter(({ text, hint }) => asked.every((word) => `${text} ${hint ?? ""}`.toLowerCase().includes(word))).slice(0, N_CHOICES);
    active = Math.min(active, Math.max(found.length - 1, 0));
    show(list, found.map((choice, i) =>
      h("li", { role: "option", id: `choice-${i}`, "aria-selected": String(i === active), "data-stage": choice.stage, on: { click: () => finish(choice.value) } },
        words(choice.text, "span"), choice.hint && h("small", {}, choice.hint)),
    ));
    if (found.length) field.setAttribute("aria-activedescendant", `choice-${active}`);
    else field.removeAttribute("aria-activedescendant");
    list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  };
  field.addEventListener("input", () => ((active = 0), draw()));
  field.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || !found.length) return;
    event.preventDefault();
    active = (active + by + found.length) % found.length;
    draw();
  });
  draw();
  better?.then((late) => {
    if (!late) return;
    const turnedTo = active > 0 || field.value ? found[active]?.value : null;
    ordered = late;
    draw();
    active = Math.max(found.findIndex(({ value }) => value === turnedTo), 0);
    draw();
  });
  return ask({
    title,
    body: [h("label", { for: "choice" }, label), field, list],
    actions: [{ says, value: true, kind: "main" }],
    read: () => found[active]?.value,
    onOpen: ({ close }) => ((finish = close), field.focus()),
  });
}
