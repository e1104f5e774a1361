// Building what is shown. Text only ever becomes text: there is no way here to write HTML.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element.
 * @param {string} name - "p", or with classes "p.soft.wide".
 * @param {object} [attributes] - attributes by name; `on` holds listeners by event, `props` properties (value, checked);
 *   false, null and undefined leave an attribute out, true writes it empty.
 * @param {...(Node|string|number|null|false|Array)} children - nothing is made of null, undefined and false.
 */
export function h(name, attributes, ...children) {
  return fill(document.createElement(tagOf(name)), name, attributes, children);
}

/** Make an SVG element; as `h`. */
export function svg(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, tagOf(name)), name, attributes, children);
}

/** Words that come from outside, kept from turning the writing direction of what stands around them. */
export function words(text, name = "bdi") {
  return h(name, { dir: "auto" }, printable(text));
}

/** Replace marks that turn the writing direction, and control characters, by U+FFFD: they could make words read as others. */
export function printable(text) {
  return String(text ?? "").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

/** Make the children of `parent` exactly `wanted`, moving as little as possible, so that focus and scrolling stay. */
export function arrange(parent, wanted) {
  const keep = new Set(wanted);
  for (const child of [...parent.childNodes]) if (!keep.has(child)) child.remove();
  wanted.forEach((child, i) => {
    if (parent.childNodes[i] !== child) parent.insertBefore(child, parent.childNodes[i] ?? null);
  });
}

/** Replace all children, passing over null, undefined and false. */
export function show(parent, ...children) {
  parent.replaceChildren(...flat(children));
  return parent;
}

/** Call `work` once things have been quiet for `ms`. */
export function whenQuiet(work, ms) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), ms);
  };
}

function tagOf(name) {
  return name.split(".", 1)[0];
}

function fill(element, name, attributes, children) {
  const classes = name.split(".").slice(1);
  if (classes.length) element.classList.add(...classes);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (key === "props") Object.assign(element, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, String(value));
  }
  element.append(...flat(children));
  return element;
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}
