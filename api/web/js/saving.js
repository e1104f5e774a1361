// Taking a picture or its numbers away as a file.

import { h } from "./dom.js";

const LOOKS = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-family", "font-size"];
const SHARPNESS = 2;

/** Save rows as CSV; cells that a spreadsheet would take for a formula begin with an apostrophe. */
export function saveCsv(name, rows) {
  const cell = (value) => {
    const text = String(value ?? "");
    const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  save(`${name}.csv`, new Blob([`\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`], { type: "text/csv" }));
}

/** Save a picture as SVG that looks the same without this page's style sheet. */
export function saveSvg(name, picture) {
  save(`${name}.svg`, new Blob([alone(picture)], { type: "image/svg+xml" }));
}

/** Save a picture as PNG, twice as sharp as on the screen. */
export async function savePng(name, picture) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(alone(picture))}`;
  await image.decode();
  const canvas = h("canvas", { width: picture.width.baseVal.value * SHARPNESS, height: picture.height.baseVal.value * SHARPNESS });
  const context = canvas.getContext("2d");
  context.scale(SHARPNESS, SHARPNESS);
  context.drawImage(image, 0, 0);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  save(`${name}.png`, blob);
}

/** The picture as text, every look written at its element, in the colours for paper whatever those of the screen are. */
function alone(picture) {
  const copy = picture.cloneNode(true);
  picture.style.colorScheme = "light";
  const [originals, copies] = [picture, copy].map((root) => [root, ...root.querySelectorAll("*")]);
  originals.forEach((original, i) => {
    const looks = getComputedStyle(original);
    for (const look of LOOKS) copies[i].setAttribute(look, looks.getPropertyValue(look));
    for (const gone of ["class", "role", "tabindex", "data-stage"]) copies[i].removeAttribute(gone);
  });
  picture.style.colorScheme = "";
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [key, value] of Object.entries({ width: "100%", height: "100%", fill: "#ffffff" })) ground.setAttribute(key, value);
  copy.prepend(ground);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return new XMLSerializer().serializeToString(copy);
}

function save(name, blob) {
  const address = URL.createObjectURL(blob);
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
