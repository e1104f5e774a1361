// Small parts that several screens share.

import { h } from "../dom.js";
import { offersOnceThere } from "../offers.js";
import { T } from "../strings.js";

/**
 * A field to word something in place: Enter keeps, Escape leaves, and so does leaving it unchanged.
 * @param {(text: string|null) => void} done - called once, with null where nothing is to be kept.
 * @param {object} options - `label` of the field; `wordings`, other ones as `offersOnceThere` takes them.
 */
export function editor(text, done, { label = T.phrase, wordings = [] } = {}) {
  let isDone = false;
  const finish = (value) => {
    if (isDone) return;
    isDone = true;
    done(value);
  };
  const changed = () => (field.value.trim() && field.value.trim() !== text ? field.value.trim() : null);
  const field = h("textarea.editor", {
    rows: 3, "aria-label": label, props: { value: text },
    on: { keydown: (event) => event.key === "Enter" && !event.shiftKey && (event.preventDefault(), finish(changed())) },
  });
  const place = h("div.editing", {
    on: {
      keydown: (event) => event.key === "Escape" && (event.preventDefault(), event.stopPropagation(), finish(null)),
      focusout: ({ relatedTarget }) => place.contains(relatedTarget) || finish(changed()),
    },
  }, field, h("p.hint", {}, T.editorHint), wordings.map((wording) => offersOnceThere(wording, finish, text)));
  return place;
}

/** People in the study, as far as known. */
export function nPeopleOf(model) {
  return model.state.map?.n_participants ?? model.state.study?.n_participants ?? 0;
}

/** A field with its name above. */
export function labelled(id, name, field, hint) {
  return h("div.field", {}, h("label", { for: id }, name), field, hint && h("p.hint", { id: `${id}-hint` }, hint));
}

/** Steps before a person begins: what a screen shows where there is nothing yet. */
export function emptyState(title, text, ...ways) {
  return h("div.empty", {}, h("h2", {}, title), h("p", {}, text), ways);
}

/**
 * A place to drop files on, or to choose them.
 * @param {object} options - `id` of the field; words `title`, `hint` and `says`; `accept` and `isMany` as of a file field;
 *   `onFiles(files)`; `beside` nodes below.
 */
export function dropZone({ id, title, hint, says, accept = null, isMany = false, onFiles, beside = null }) {
  const input = h("input", { type: "file", id, accept, multiple: isMany, class: "sr", on: { change: () => (onFiles([...input.files]), (input.value = "")) } });
  const zone = h("div.drop-zone", {}, h("p", {}, h("strong", {}, title)), h("p.soft", {}, hint), input, h("label.button", { for: id }, says), beside);
  zone.addEventListener("dragover", (event) => (event.preventDefault(), zone.classList.add("over")));
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => (event.preventDefault(), zone.classList.remove("over"), onFiles([...event.dataTransfer.files])));
  return zone;
}
