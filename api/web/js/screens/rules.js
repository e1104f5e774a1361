// What the next run has learned from decisions, and who did what.

import { get, getAll, listOf, remove } from "../api.js";
import { confirm } from "../dialogs.js";
import { h, show, words } from "../dom.js";
import { entryOf, wordingOf } from "../jobmap.js";
import { tell, trying } from "../notices.js";
import { quoteList } from "../quotes.js";
import { may } from "../rights.js";
import { T, moment } from "../strings.js";

const N_LOG = 100;
const N_QUOTES = 20;

/** Mount rules and the log of decisions. */
export function rules(root, { model, acts }) {
  const mayDecide = may(model, "review");
  const learned = h("div", {}, h("p.soft", {}, T.loading));
  const log = h("div", {}, h("p.soft", {}, T.loading));
  const audit = h("div", {});
  show(root, h("h1", {}, T.sections.rules),
    h("section", {}, h("h2", {}, T.learned), h("p.hint", {}, T.learnedHint), learned),
    h("section", {}, h("h2", {}, T.decisions), log),
    h("section", {}, h("h2", {}, T.audit), audit));
  const drawRules = () => trying(async () => {
    const found = model.state.served ? listOf(await get(`/studies/${model.id}/rules`), "rules") : [];
    show(learned, found.length ? h("ul.rule-list", {}, found.map((rule) => ruleRow(rule, model, drawRules))) : h("p.soft", {}, T.noRules));
  });
  const drawLog = () => trying(async () => {
    const found = model.state.served ? (await getAll(`/studies/${model.id}/decisions`, "decisions")).reverse() : [];
    const isUndone = new Set(found.filter((one) => one.kind === "undo").map((one) => one.decision));
    show(log, found.length ? tableOf([T.when, T.who, T.what, ""], found.slice(0, N_LOG).map((one) => [when(one.at), words(one.by), words(decisionText(one, model), "span"),
      mayDecide && one.kind !== "undo" && one.kind !== "redo" && !isUndone.has(one.id) && h("button.plain.small", { type: "button", "aria-label": `${T.undo}: ${decisionText(one, model)}`, on: { click: () => acts.do({ kind: "undo", decision: one.id }, T.undone(decisionText(one, model))) } }, T.undo)]), T.decisions) : h("p.soft", {}, T.noDecisions));
  });
  const drawAudit = () => trying(async () => {
    if (!may(model, "manage")) return show(audit, h("p.soft", {}, T.auditForOwners));
    const { entries } = await get(`/studies/${model.id}/audit`, { query: { "page[limit]": N_LOG } });
    return show(audit, entries.length ? tableOf([T.when, T.who, T.what], gathered(entries).map((one) => [when(one.at), words(one.by), words(T.auditSays(one), "span")]), T.audit) : h("p.soft", {}, T.noAudit));
  });
  drawRules();
  drawLog();
  drawAudit();
  let revision = model.state.served?.revision;
  return model.store.subscribe(({ served }) => {
    if (served?.revision === revision) return;
    revision = served?.revision;
    drawLog();
    drawRules();
  });
}

function ruleRow(rule, model, again) {
  const about = rule.entry && model.state.map && entryOf(model.state.map, rule.entry);
  const quotes = h("div", {});
  const details = rule.statements.length > 0 && h("details", { on: { toggle: () => details.open && !quotes.firstChild && show(quotes, quoteList(model, rule.statements.slice(0, N_QUOTES))) } }, h("summary", {}, T.nQuotes(rule.statements.length)), quotes);
  const take = async () => {
    if (!(await confirm({ title: T.removeRule, body: h("p", {}, T.removeRuleHint), says: T.removeRule }))) return;
    await trying(async () => {
      await remove(`/studies/${model.id}/rules/${rule.id}`);
      tell(T.ruleRemoved);
      again();
    });
  };
  return h("li.sheet", {}, h("p", {}, h("strong", {}, T.ruleKinds[rule.kind] ?? rule.kind), about && [" ", words(wordingOf(about), "q")], rule.is_removed && [" ", h("span.chip", {}, T.removed)]),
    h("p.soft", {}, T.ruleEffect(rule), " · ", words(rule.by), " · ", moment(rule.at)), details,
    may(model, "review") && !rule.is_removed && h("button.plain.small", { type: "button", "aria-label": `${T.removeRule}: ${T.ruleKinds[rule.kind] ?? rule.kind}`, on: { click: take } }, T.removeRule));
}

function when(at) {
  return h("span.soft.when", {}, moment(at));
}

/** What one person did in one hour, act by act: `{at, by, act, whats}` with what was touched, in words, and how often. */
function gathered(entries) {
  const groups = [];
  for (const { at, by, act, what, counts } of entries) {
    const hour = at.slice(0, 13);
    let group = groups.find((one) => one.hour === hour && one.by === by && one.act === act);
    if (!group) groups.push((group = { at, hour, by, act, whats: new Map() }));
    const name = T.auditWhat(what);
    group.whats.set(name, (group.whats.get(name) ?? 0) + (counts.n ?? 1));
  }
  return groups;
}

/** A decision in words. */
function decisionText(one, model) {
  const kind = T.decisionKinds[one.kind] ?? one.kind;
  const about = one.entry ?? one.into ?? one.step ?? one.need;
  const entry = about && model.state.map && entryOf(model.state.map, about);
  const text = one.text ?? one.phrase ?? one.statement;
  const name = entry && wordingOf(entry) !== text && `“${wordingOf(entry)}”`;
  return [kind, name, text && one.kind !== "move_statement" && `→ “${text}”`, one.stage && `→ ${T.stages[one.stage]}`].filter(Boolean).join(" ");
}

/** A plain table; the last heading may be "" for a column of buttons. */
export function tableOf(heads, rows, name) {
  return h("div.table-box", { tabindex: 0, role: "region", "aria-label": name },
    h("table", {}, h("thead", {}, h("tr", {}, heads.map((head) => (head ? h("th", { scope: "col" }, head) : h("td", {}))))), h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell, i) => h(heads[i] ? "td" : "td.end", {}, cell)))))));
}
