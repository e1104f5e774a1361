// Members, keys and webhooks; people of the installation and one's own password. Only what the caller may see is shown.

import { Refused, get, listOf, patch, post, put, remove } from "../api.js";
import { copyFrom } from "../clipboard.js";
import { ask, askLine, confirm } from "../dialogs.js";
import { h, show, words } from "../dom.js";
import { tell, trying } from "../notices.js";
import { may } from "../rights.js";
import { T, moment } from "../strings.js";
import { labelled } from "./fields.js";
import { forget } from "./overview.js";
import { tableOf } from "./rules.js";

const ROLES = ["reader", "reviewer", "analyst", "owner"];

/** Mount the settings of a study, or those of the installation where no study is in view. */
export function settings(root, { model, session }) {
  const parts = model
    ? [ofStudy(model), members(model), ...(may(model, "manage") ? [webhooks(model), keys(model)] : []), may(model, "own") && forgetting(model)]
    : [keys(null), people(session)];
  show(root, h("h1", {}, T.sections.settings), parts, password());
}

function section(title, hint, fill) {
  const body = h("div.section-body", {}, h("p.soft", {}, T.loading));
  const draw = async () => {
    try {
      await fill(body, () => trying(draw));
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      show(body, h("p.soft", {}, [404, 405].includes(fault.status) ? T.notHere : fault.message));
    }
  };
  trying(draw);
  return h("section", {}, h("h2", {}, title), hint && h("p.hint", {}, hint), body);
}

function ofStudy(model) {
  return section(T.study, "", async (body) => {
    const study = await get(`/studies/${model.id}`);
    const fields = { name: T.studyName, job: T.job, executor: T.executor };
    if (!may(model, "analyse")) return void show(body, h("dl.told", {}, Object.entries(fields).map(([field, says]) => h("div", {}, h("dt", {}, says), h("dd", {}, words(study[field]))))));
    const inputs = Object.fromEntries(Object.keys(fields).map((field) => [field, h("input", { id: `study-${field}`, props: { value: study[field] ?? "" } })]));
    const save = (event) => {
      event.preventDefault();
      trying(async () => {
        model.store.update({ study: await patch(`/studies/${model.id}`, Object.fromEntries(Object.entries(inputs).map(([field, input]) => [field, input.value.trim()]))) });
        tell(T.kept);
      });
    };
    const erase = async () => {
      const name = await askLine({ title: T.deleteStudy, label: T.typeName(study.name), says: T.delete, kind: "danger", hint: T.deleteStudyHint });
      if (name !== study.name) return;
      await trying(async () => {
        await remove(`/studies/${model.id}`);
        location.hash = "#/studies";
      });
    };
    show(body, h("form.new-study", { on: { submit: save } }, Object.entries(fields).map(([field, says]) => labelled(`study-${field}`, says, inputs[field])),
      h("div.ways", {}, h("button.main", { type: "submit" }, T.save), may(model, "own") && h("button.danger", { type: "button", on: { click: erase } }, T.deleteStudy))));
    return undefined;
  });
}

function members(model) {
  const mayManage = may(model, "manage");
  return section(T.members, mayManage ? T.membersHint : "", async (body, again) => {
    const found = listOf(await get(`/studies/${model.id}/members`), "members");
    const pick = (member) => h("select.small", { "aria-label": T.roleOf(member.name), on: { change: (e) => trying(async () => (await put(`/studies/${model.id}/members/${member.person_id}`, { role: e.target.value }), tell(T.kept), again())) } }, ROLES.map((role) => h("option", { value: role, selected: role === member.role }, T.memberRoles[role])));
    const take = (member) => h("button.plain.small", { type: "button", "aria-label": T.removeOne(member.name), on: { click: () => trying(async () => (await remove(`/studies/${model.id}/members/${member.person_id}`), again())) } }, T.remove);
    show(body, !found.length ? h("p.soft", {}, T.noMembers) : tableOf([T.name, T.role, ""], found.map((member) => [words(member.name), mayManage ? pick(member) : T.memberRoles[member.role], mayManage && take(member)]), T.members), mayManage && h("button", { type: "button", on: { click: () => addMember(model, again) } }, T.addMember));
  });
}

async function addMember(model, again) {
  const name = h("input", { id: "member-name", autocomplete: "off" });
  const role = h("select", { id: "member-role" }, ROLES.map((one) => h("option", { value: one, selected: one === "reviewer" }, T.memberRoles[one])));
  const made = await ask({
    title: T.addMember,
    body: [labelled("member-name", T.name, name, T.memberHint), labelled("member-role", T.role, role)],
    actions: [{ says: T.save, value: true, kind: "main" }],
    onOpen: () => name.focus(),
    read: () => name.value.trim() || undefined,
    send: (who) => put(`/studies/${model.id}/members/${encodeURIComponent(who)}`, { role: role.value }),
  });
  if (made) again();
}

function keys(model) {
  return section(T.keysTitle, T.keysHint, async (body, again) => {
    const path = model ? `/studies/${model.id}/keys` : "/keys";
    const found = listOf(await get(path), "keys");
    const make = async () => {
      const made = await askLine({ title: T.newKey, label: T.keyName, says: T.make, send: (name) => post(path, { name }) });
      if (!made) return;
      await showSecret(T.newKey, made.secret, T.keyOnce);
      again();
    };
    const take = async (key) => {
      if (!(await confirm({ title: T.removeOne(key.name), body: h("p", {}, T.removeKeyHint), says: T.remove, kind: "danger" }))) return;
      await trying(async () => (await remove(`${path}/${key.id}`), again()));
    };
    show(body, found.length ? tableOf([T.name, T.made, T.lastUsed, ""], found.map((key) => [words(key.name), moment(key.created_at), key.last_used_at ? moment(key.last_used_at) : T.never, key.revoked_at ? h("span.chip", {}, T.removed) : h("button.plain.small", { type: "button", "aria-label": T.removeOne(key.name), on: { click: () => take(key) } }, T.remove)]), T.keysTitle) : h("p.soft", {}, T.noKeys),
      h("button", { type: "button", on: { click: make } }, T.newKey));
  });
}

function webhooks(model) {
  return section(T.webhooks, T.webhooksHint, async (body, again) => {
    const found = listOf(await get(`/studies/${model.id}/webhooks`), "webhooks");
    const make = async () => {
      const made = await askLine({ title: T.newWebhook, label: T.webhookUrl, says: T.make, hint: T.webhookUrlHint, send: (url) => post(`/studies/${model.id}/webhooks`, { url }) });
      if (!made) return;
      await showSecret(T.newWebhook, made.secret, T.webhookOnce);
      again();
    };
    show(body, found.length ? tableOf([T.webhookUrl, T.events, ""], found.map((one) => [words(one.url), (one.events ?? []).join(", ") || T.all, h("button.plain.small", { type: "button", "aria-label": T.removeOne(one.url), on: { click: () => trying(async () => (await remove(`/studies/${model.id}/webhooks/${one.id}`), again())) } }, T.remove)]), T.webhooks) : h("p.soft", {}, T.noWebhooks),
      h("button", { type: "button", on: { click: make } }, T.newWebhook));
  });
}

function forgetting(model) {
  return section(T.forgetTitle, T.forgetHint, async (body, again) => {
    await model.loadParticipants();
    const found = model.state.participants;
    show(body, found.length ? tableOf([T.participant, ""], found.map((person) => [words(person.name), h("button.danger.small", { type: "button", "aria-label": T.forgetOne(person.name), on: { click: () => forget(model, person, again) } }, T.forget)]), T.forgetTitle) : h("p.soft", {}, T.noPeople));
  });
}

function people(session) {
  if (!session.is_owner) return null;
  return section(T.people_, T.peopleHint, async (body, again) => {
    const found = listOf(await get("/people"), "people");
    const invite = async () => {
      const made = await askLine({ title: T.invite, label: T.name, says: T.invite, send: (name) => post("/people", { name, may_create: true }) });
      if (!made) return;
      await showSecret(T.inviteLink, made.link, T.inviteHint);
      again();
    };
    show(body, tableOf([T.name, T.role, ""], found.map((person) => [words(person.name), person.is_owner ? T.memberRoles.owner : person.may_create ? T.mayCreate : "",
      h("button.plain.small", { type: "button", "aria-label": `${T.newLink}: ${person.name}`, on: { click: () => trying(async () => showSecret(T.inviteLink, (await post(`/people/${person.id}/link`)).link, T.inviteHint)) } }, T.newLink)]), T.people_),
      h("button", { type: "button", on: { click: invite } }, T.invite));
    return undefined;
  });
}

function password() {
  return section(T.password, "", async (body) => {
    const old = h("input", { id: "old-password", type: "password", autocomplete: "current-password" });
    const fresh = h("input", { id: "new-password", type: "password", autocomplete: "new-password" });
    const save = (event) => {
      event.preventDefault();
      trying(async () => {
        await post("/session/password", { old: old.value, new: fresh.value });
        old.value = fresh.value = "";
        tell(T.kept);
      });
    };
    show(body, h("form.new-study", { on: { submit: save } }, labelled("old-password", T.oldPassword, old), labelled("new-password", T.newPassword, fresh), h("button", { type: "submit" }, T.save)));
  });
}

/** Show something that is told this once, to be copied. */
export function showSecret(title, secret, hint) {
  const field = h("input", { id: "secret", readonly: true, props: { value: secret } });
  const copied = h("p.good", { role: "status" });
  const copy = async () => void (copied.textContent = await copyFrom(field));
  return ask({ title, body: [h("label", { for: "secret" }, hint), field, copied], actions: [{ says: T.copy, value: true, kind: "main" }], closes: T.close, read: copy });
}
