// The one way to the server: its HTTP API under /v1. Knows no screen.

/** The server answered, and said no. `code` is stable; `details` depend on it. */
export class Refused extends Error {
  constructor(status, code, message, details) {
    super(message);
    Object.assign(this, { name: "Refused", status, code, details: details ?? {} });
  }
}

/** No answer came: no connection, or the server is away. Trying again later may help. */
export class Unreachable extends Error {
  constructor(cause) {
    super("no answer from the server");
    Object.assign(this, { name: "Unreachable", cause });
  }
}

const N_PAGE = 1000;
const AWAY = new Set([502, 503, 504]);

let csrf = "";
let onSignedOut = () => {};

/** Remember the word that shows the server that a change comes from this page. */
export function useCsrf(value) {
  csrf = value ?? "";
}

/** Call `listener` whenever the server no longer knows who is asking. */
export function whenSignedOut(listener) {
  onSignedOut = listener;
}

export const get = (path, options) => call("GET", path, options);
export const post = (path, body, options) => call("POST", path, { ...options, body });
export const patch = (path, body, options) => call("PATCH", path, { ...options, body });
export const put = (path, body, options) => call("PUT", path, { ...options, body });
export const remove = (path, options) => call("DELETE", path, options);

/**
 * Ask the API.
 * @param {string} method
 * @param {string} path - below /v1, as in "/studies".
 * @param {object} [options] - `query` by name (null leaves one out), `body` as JSON, `signal`,
 *   `headers` beside the usual ones, `quiet` for a 401 that is expected, `as` "json" (default), "text" or "blob".
 * @returns what the body holds; null where there is none.
 * @throws {Refused|Unreachable}
 */
export async function call(method, path, { query, body, signal, headers: more, quiet = false, as = "json" } = {}) {
  const headers = { Accept: "application/json", ...more };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  let answer;
  try {
    answer = await fetch(address(path, query), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      credentials: "same-origin",
    });
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Unreachable(fault);
  }
  if (!answer.ok) throw await refusal(answer, quiet);
  if (answer.status === 204) return null;
  return answer[as]();
}

/** The address of an API path, also for links and event streams. */
export function address(path, query = {}) {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) asked.append(name, one);
  }
  const tail = asked.toString();
  return `/v1${path}${tail ? `?${tail}` : ""}`;
}

/**
 * Send one file, telling how far it has come. XMLHttpRequest, because fetch does not tell.
 * @param {(share: number) => void} onProgress - in [0, 1].
 */
export function upload(path, file, { query, headers = {}, onProgress } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address(path, query));
    request.setRequestHeader("X-CSRF-Token", csrf);
    request.setRequestHeader("Accept", "application/json");
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (e) => e.lengthComputable && onProgress?.(e.loaded / e.total));
    request.addEventListener("error", () => reject(new Unreachable()));
    request.addEventListener("load", () => {
      const body = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(body);
      else if (AWAY.has(request.status)) reject(new Unreachable());
      else reject(refusalOf(request.status, body));
    });
    const form = new FormData();
    form.append("files", file, file.webkitRelativePath || file.name);
    request.send(form);
  });
}

/** A whole list, however many pages the server gives it in. */
export async function getAll(path, key, query = {}) {
  const found = [];
  let cursor = null;
  do {
    const page = await get(path, { query: { ...query, "page[limit]": N_PAGE, "page[cursor]": cursor } });
    found.push(...page[key]);
    cursor = page.next;
  } while (cursor);
  return found;
}

/** The list in an answer, whichever way it is wrapped. */
export function listOf(answer, key) {
  if (Array.isArray(answer)) return answer;
  if (key && Array.isArray(answer?.[key])) return answer[key];
  return Object.values(answer ?? {}).find(Array.isArray) ?? [];
}

async function refusal(answer, quiet) {
  if (AWAY.has(answer.status)) return new Unreachable();
  const refused = refusalOf(answer.status, parsed(await answer.text()));
  if (answer.status === 401 && !quiet) onSignedOut();
  return refused;
}

function refusalOf(status, body) {
  const error = body?.error ?? {};
  return new Refused(status, error.code ?? "unexpected", error.message ?? `the server answered ${status}`, error.details);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
