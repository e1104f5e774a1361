// Where in the page we are: the part of the address after "#", so that links, back and forward work without a server.

/** @returns {{parts: string[], query: URLSearchParams}} of "#/studies/s1/board?open=step-1". */
export function place() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  return { parts: path.split("/").filter(Boolean).map(decoded), query: new URLSearchParams(query) };
}

/** The address of a place: `to(["studies", id, "board"], {open: "step-1"})`. */
export function to(parts, query = {}) {
  const asked = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== ""));
  const tail = asked.toString();
  return `#/${parts.map(encodeURIComponent).join("/")}${tail ? `?${tail}` : ""}`;
}

/** Go there. */
export function go(parts, query) {
  location.hash = to(parts, query);
}

/** Say where we are without a step in the history and without a new screen. */
export function note(query) {
  const { parts } = place();
  history.replaceState(null, "", to(parts, query));
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
