// Where the page begins: who is signed in, which place the address names, and the frame around every screen.

import { Refused, get, remove, useCsrf, whenSignedOut } from "./api.js";
import { Acts } from "./acts.js";
import { ask } from "./dialogs.js";
import { h, show, words } from "./dom.js";
import { keysInForce, listenForKeys, useKeys } from "./keys.js";
import { StudyModel } from "./model.js";
import { clearWarning, faultText, noticePlaces, tell, trying, warn } from "./notices.js";
import { deciding } from "./rights.js";
import { go, place, to } from "./router.js";
import { agree } from "./conflicts.js";
import { answers } from "./screens/answers.js";
import { board } from "./screens/board.js";
import { insight } from "./screens/insight.js";
import { needs } from "./screens/needs.js";
import { overview } from "./screens/overview.js";
import { priorities } from "./screens/priorities.js";
import { queue } from "./screens/queue.js";
import { report } from "./screens/report.js";
import { rules } from "./screens/rules.js";
import { settings } from "./screens/settings.js";
import { setUp, signIn } from "./screens/sign_in.js";
import { studies } from "./screens/studies.js";
import { survey } from "./screens/survey.js";
import { transcripts } from "./screens/transcript.js";
import { T } from "./strings.js";
import { themePicker } from "./theme.js";

const SECTIONS = { overview, board, queue, transcripts, needs, insight, rules, report, survey, answers, priorities, settings };

const header = h("header.top", {});
const banner = h("div.banner", { role: "status", hidden: true });
const main = h("main", { id: "content", tabindex: -1 });

let session = null;
let model = null;
let acts = null;
let leave = () => {};
let dropKeys = () => {};
let turn = 0;

document.body.append(h("a.skip", { href: "#content", on: { click: (event) => (event.preventDefault(), main.focus()) } }, T.skip), header, banner, main, ...noticePlaces);
listenForKeys();
useKeys([
  { keys: ["?"], says: T.keysOf.help, does: () => showKeys() },
]);
whenSignedOut(() => ((session = null), route()));
addEventListener("hashchange", route);
addEventListener("error", (event) => warn(T.unexpected(event.message)));
addEventListener("unhandledrejection", (event) => warn(faultText(event.reason)));
route();

/** Show the screen that the address names. */
async function route() {
  const own = ++turn;
  const { parts, query } = place();
  clearWarning();
  leave();
  leave = () => {};
  if (parts[0] === "setup") return mount((root) => setUp(root, query.get("link") ?? parts[1] ?? "", signedIn));
  session ??= await currentSession();
  if (own !== turn) return undefined;
  if (!session) return mount((root) => signIn(root, signedIn));
  if (parts[0] === "studies" && parts[1]) return openStudy(parts[1], parts[2] ?? "board", parts.slice(3));
  closeModel();
  drawHeader();
  if (parts[0] === "settings") return mount((root) => settings(root, { session, rest: parts.slice(1) }));
  return mount((root) => studies(root, { session }));
}

async function currentSession() {
  try {
    const found = await get("/session", { quiet: true });
    useCsrf(found.csrf);
    return found;
  } catch (fault) {
    if (fault instanceof Refused && [401, 404].includes(fault.status)) return null;
    warn(faultText(fault));
    return null;
  }
}

function signedIn(found) {
  session = found;
  useCsrf(found.csrf);
  if (place().parts[0] === "setup") go(["studies"]);
  else route();
}

async function openStudy(id, section, rest) {
  const own = turn;
  if (model?.id !== id) {
    closeModel();
    const opened = new StudyModel(id, session, {
      onRefused: (act, refused) => warn(T.refused(act.summary, refused.message)),
      onChangedElsewhere: (changed) => tell(T.changedByOthers(changed.length)),
      onRunEnded: () => tell(T.runEnded, { says: T.toBoard, does: () => go(["studies", id, "board"]) }),
    });
    model = opened;
    acts = new Acts(model);
    agree(model, acts);
    model.store.subscribe((state) => drawBanner(state));
    drawHeader(section);
    show(main, h("p.soft.pad", { role: "status" }, T.loading));
    await trying(() => opened.load());
    if (model === opened) dropKeys = useKeys(undoKeys());
    if (own !== turn) return undefined;
    if (!model?.state.study) return show(main, h("div.pad", {}, h("h1", {}, T.cannotOpen), h("a.button", { href: to(["studies"]) }, T.toStudies)));
  }
  drawHeader(section);
  const screen = SECTIONS[section];
  if (!screen) return show(main, h("p.pad", {}, T.notFound));
  return mount((root) => screen(root, { model, acts, session, rest }), section);
}

function mount(screen, section = "") {
  const root = h(`div.screen${section && `.${section}-screen`}`, {});
  if (!session) drawHeader();
  show(main, root);
  leave = screen(root) ?? (() => {});
  const title = root.querySelector("h1")?.textContent;
  document.title = title ? `${title} · ${T.product}` : T.product;
  scrollTo(0, 0);
}

function closeModel() {
  model?.close();
  model = null;
  acts = null;
  dropKeys();
  dropKeys = () => {};
  banner.hidden = true;
}

function undoKeys() {
  return deciding(model, [
    { keys: ["u"], says: T.keysOf.undo, does: () => (model.state.map ? void acts.undo() : false) },
    { keys: ["U"], says: T.keysOf.redo, does: () => (model.state.map ? void acts.redo() : false) },
  ]);
}

function drawHeader(section) {
  const study = model?.state.study;
  header.hidden = !session;
  if (!session) return;
  const tabs = model && h("nav.tabs", { "aria-label": T.menu }, Object.keys(SECTIONS).map((name) =>
    h("a", { href: to(["studies", model.id, name]), "aria-current": name === section ? "page" : null }, T.sections[name])));
  show(header,
    h("div.top-row", {},
      h("a.brand", { href: to(["studies"]), "aria-label": `${T.product}: ${T.toStudies}` }, h("span.brand-mark", { "aria-hidden": "true" }), T.product),
      study && h("p.study-name", {}, words(study.name, "strong"), study.job && h("span.soft", {}, words(study.job, "span"))),
      h("div.top-ways", {}, h("button.plain", { type: "button", on: { click: () => showKeys() } }, T.help, h("kbd", { "aria-hidden": "true" }, "?")), themePicker(),
        h("button.plain", { type: "button", title: session.name, on: { click: signOut } }, T.signOut))),
    tabs);
  tabs?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

function drawBanner({ isConnected, waiting, run }) {
  const lines = [];
  if (!isConnected) lines.push(T.offline(waiting.length));
  if (run) lines.push(T.runLine(run));
  banner.hidden = !lines.length;
  banner.classList.toggle("lost", !isConnected);
  if (banner.textContent !== lines.join(" ")) show(banner, lines.join(" "));
}

async function signOut() {
  await trying(() => remove("/session"));
  session = null;
  closeModel();
  route();
}

function showKeys() {
  const rows = keysInForce().map(({ keys, says }) => h("div", {}, h("dt", {}, keys.map((key) => h("kbd", {}, key))), h("dd", {}, says)));
  ask({ title: T.helpTitle, isWide: true, body: [h("dl.key-list", {}, rows)], actions: [], closes: T.close });
}
