// A study's interviews: adding files, roles of speakers, participants and what is told of them, and runs.

import { Refused, get, listOf, patch, post, remove, upload } from "../api.js";
import { ask, askLine, confirm } from "../dialogs.js";
import { h, show, words } from "../dom.js";
import { entryOf, wordingOf } from "../jobmap.js";
import { faultText, tell, trying, warn } from "../notices.js";
import { may } from "../rights.js";
import { to } from "../router.js";
import { T, moment, number } from "../strings.js";
import { dropZone, labelled } from "./fields.js";
import { Pseudonyms } from "./pseudonyms.js";

const ROLES = ["interviewer", "participant", "other"];

/** Mount a study's interviews. */
export function overview(root, { model }) {
  const view = new Overview(root, model);
  return () => view.close();
}

class Overview {
  constructor(root, model) {
    Object.assign(this, { root, model, may: { analyse: may(model, "analyse"), own: may(model, "own") } });
    this.pseudonyms = new Pseudonyms(model, () => this.loadAgain());
    this.files = h("ul.uploads", { "aria-label": T.uploads });
    this.interviews = h("div", {}, h("p.soft", {}, T.loading));
    this.people = h("div.stack", {}, h("p.soft", {}, T.loading));
    this.runs = h("div", {});
    show(root, h("div.page-head", {}, h("h1", {}, T.sections.overview), h("div.ways", {}, this.runButton())), this.zone = dropZone({ id: "files", title: T.dropHere, hint: T.dropHint, says: T.chooseFiles, isMany: true, onFiles: (files) => this.send(files), beside: this.pseudonyms.choice }), this.files,
      h("section", {}, h("h2", {}, T.runs), this.runs), h("section", {}, h("h2", {}, T.interviews), this.interviews), this.pseudonyms.review, h("section", {}, h("h2", {}, T.participants), this.people));
    this.stop = model.store.subscribe(() => this.draw());
    this.zone.hidden = this.start.hidden = !this.may.analyse;
    this.draw();
    this.loadAgain();
  }

  close() {
    this.stop();
  }

  runButton() {
    this.start = h("button.main", { type: "button", on: { click: () => this.run() } }, T.startRun);
    return this.start;
  }

  async run() {
    this.start.disabled = true;
    await trying(async () => {
      const run = await post(`/studies/${this.model.id}/runs`, {});
      this.model.store.update({ run });
      tell(T.runStarted);
    });
    this.draw();
  }

  /** Send files one after the other, each with its own line. */
  async send(files) {
    if (this.pseudonyms.areUsed && !(await this.pseudonyms.key())) return;
    const lines = files.map((file) => new UploadLine(file));
    this.files.prepend(...lines.map((line) => line.element));
    for (const line of lines) await line.send(this.model.id, this.pseudonyms.headers);
    await this.loadAgain();
    if (this.pseudonyms.areUsed) this.pseudonyms.load();
  }

  async loadAgain() {
    await trying(() => this.model.loadTranscripts());
    await this.loadPeople();
  }

  async loadPeople() {
    await trying(async () => {
      const [attributes] = await Promise.all([
        get(`/studies/${this.model.id}/attributes`).catch((fault) => (fault instanceof Refused ? [] : Promise.reject(fault))),
        this.model.loadParticipants(),
      ]);
      this.attributes = listOf(attributes, "attributes");
      this.drawPeople();
    });
  }

  draw() {
    const { transcripts, run, runs } = this.model.state;
    this.start.disabled = Boolean(run) || !transcripts?.length;
    if (this.runsShown !== runs || this.runShown !== run) this.drawRuns(run, runs);
    if (this.shown !== transcripts && transcripts) this.drawTranscripts(transcripts);
  }

  drawRuns(run, runs) {
    Object.assign(this, { runsShown: runs, runShown: run });
    const rows = (runs ?? []).filter((one) => one.id !== run?.id).reverse().slice(0, 5);
    show(this.runs,
      run && h("div.sheet.running", {}, h("p", {}, T.runLine(run)), h("progress", { "aria-label": T.runProgress, max: 1, value: run.n_transcripts ? run.n_read / run.n_transcripts : null }),
        this.may.analyse && h("button.plain", { type: "button", on: { click: () => trying(async () => (await post(`/runs/${run.id}/cancel`, {}), this.model.loadRuns())) } }, T.cancelRun)),
      rows.length ? h("ul.plain-list", {}, rows.map((one) => h("li", {}, h("strong", {}, T.runNumber(one)), " ", h("span.chip", { class: one.state === "failed" ? "bad" : null }, T.runStates[one.state] ?? one.state), " ",
        h("span.soft", {}, moment(one.finished_at ?? one.started_at ?? one.created_at)), one.reason && h("p.fault", {}, words(one.reason, "span")), one === rows[0] && one.state === "done" && [" ", h("a", { href: to(["studies", this.model.id, "board"]) }, T.toBoard)],
        this.may.analyse && ["failed", "cancelled"].includes(one.state) && h("button.plain.small", { type: "button", on: { click: () => trying(async () => (await post(`/runs/${one.id}/retry`, {}), this.model.loadRuns())) } }, T.retryRun))))
        : !run && h("p.soft", {}, T.noRuns));
  }

  drawTranscripts(transcripts) {
    this.shown = transcripts;
    this.pseudonyms.draw();
    if (!transcripts.length) return show(this.interviews, h("p.soft", {}, T.noInterviews));
    const rows = transcripts.map((one) => h("tr", {},
      h("th", { scope: "row" }, h("a", { href: to(["studies", this.model.id, "transcripts", one.id]) }, words(one.name ?? one.title ?? one.id)), one.warnings?.length > 0 && h("details", {}, h("summary", {}, T.nWarnings(one.warnings.length)), h("ul.plain-list.soft", {}, one.warnings.map((text) => h("li", {}, words(text, "span")))))),
      h("td.n", {}, number(one.n_words)),
      h("td", {}, this.speakersOf(one)),
      h("td.end", {}, this.may.own && h("button.plain.small", { type: "button", "aria-label": T.deleteOne(one.name ?? one.id), on: { click: () => this.erase(one) } }, T.delete))));
    return show(this.interviews, h("div.table-box", { tabindex: 0, role: "region", "aria-label": T.interviews }, h("table.stacked", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, T.interview), h("th.n", { scope: "col" }, T.wordsColumn), h("th", { scope: "col" }, T.speakers), h("th", { scope: "col" }, h("span.sr", {}, T.delete)))), h("tbody", {}, rows))));
  }

  speakersOf(transcript) {
    const list = h("ul.speakers", {});
    const fill = (speakers, chosen) => {
      show(list, speakers.map((speaker) => this.speaker(transcript, speaker, fill)));
      list.children[speakers.findIndex(({ name }) => name === chosen)]?.querySelector("select").focus();
      return list;
    };
    return fill(transcript.speakers);
  }

  speaker(transcript, { name, role, corrected }, fill) {
    const pick = (event) => trying(async () => {
      fill((await post(`/studies/${this.model.id}/transcripts/${transcript.id}/roles`, { speaker: name, role: event.target.value })).speakers, name);
      tell(T.roleChanged(name));
      this.loadPeople();
    });
    if (!this.may.analyse) return h("li", {}, words(name), h("span.soft", {}, ` · ${T.roles[role]}`));
    return h("li", {}, h("select.small", { "aria-label": T.roleOf(name), on: { change: pick } }, ROLES.map((one) => h("option", { value: one, selected: one === role }, T.roles[one]))), " ", words(name), corrected && h("span.chip", {}, T.corrected));
  }

  async erase(transcript) {
    if (!(await confirm({ title: T.deleteOne(transcript.name ?? transcript.id), body: h("p", {}, T.deleteTranscriptHint), says: T.delete, kind: "danger" }))) return;
    await trying(async () => {
      await this.model.changing(() => remove(`/studies/${this.model.id}/transcripts/${transcript.id}`));
      this.model.evidence.clear();
      await this.loadAgain();
    });
  }

  drawPeople() {
    const people = this.model.state.participants ?? [];
    const attributes = this.attributes ?? [];
    const head = this.may.analyse && h("div.tools", {}, h("button", { type: "button", on: { click: () => this.newAttribute() } }, T.newAttribute), h("button", { type: "button", on: { click: () => this.paste() } }, T.pasteTable));
    if (!people.length) return show(this.people, h("p.soft", {}, T.noPeople));
    const table = h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, T.participant), attributes.map((a) => h("th", { scope: "col" }, words(a.name))), h("th", { scope: "col" }, h("span.sr", {}, T.forget)))),
      h("tbody", {}, people.map((person) => h("tr", {}, h("th", { scope: "row" }, words(person.name), spokenNames(person)), attributes.map((a) => h("td", {}, this.cell(person, a))), h("td.end", {}, this.may.own && h("button.plain.small", { type: "button", "aria-label": T.forgetOne(person.name), on: { click: () => forget(this.model, person, () => this.loadPeople()) } }, T.forget))))));
    return show(this.people, head, h("div.table-box", { tabindex: 0, role: "region", "aria-label": T.participants }, table));
  }

  cell(person, attribute) {
    const value = person.attributes?.[attribute.name] ?? "";
    if (!this.may.analyse) return words(value);
    const name = `${attribute.name}, ${person.name}`;
    const keep = (event) => this.describe(person, { [attribute.name]: typed(event.target.value, attribute) });
    if (attribute.choices?.length) return h("select.small", { "aria-label": name, on: { change: keep } }, ["", ...attribute.choices].map((choice) => h("option", { value: choice, selected: choice === value }, choice)));
    return h("input.small", { "aria-label": name, props: { value: String(value) }, on: { change: keep } });
  }

  describe(person, attributes) {
    return trying(async () => {
      await patch(`/participants/${person.id}`, { attributes });
      person.attributes = { ...person.attributes, ...attributes };
    });
  }

  async newAttribute() {
    const kind = h("select", { id: "attribute-kind" }, ["text", "number", "choice", "flag", "date"].map((one) => h("option", { value: one }, T.attributeKinds[one])));
    const name = h("input", { id: "attribute-name", autocomplete: "off" });
    const choices = h("input", { id: "attribute-choices", autocomplete: "off" });
    const made = await ask({
      title: T.newAttribute,
      body: [labelled("attribute-name", T.attributeName, name, T.attributeHint), labelled("attribute-kind", T.attributeKind, kind), labelled("attribute-choices", T.choices, choices, T.choicesHint)],
      actions: [{ says: T.save, value: true, kind: "main" }],
      onOpen: () => name.focus(),
      read: () => (name.value.trim() ? { name: name.value.trim(), type: kind.value, choices: choices.value.split(",").map((c) => c.trim()).filter(Boolean) } : (name.focus(), undefined)),
      send: (attribute) => post(`/studies/${this.model.id}/attributes`, attribute),
    });
    if (made) this.loadPeople();
  }

  /** Rows from a spreadsheet: the first column names the participant, the first row the attributes. */
  async paste() {
    const text = await askLine({ title: T.pasteTable, label: T.pasteLabel, isLong: true, hint: T.pasteHint, says: T.save });
    if (text === null) return;
    const [head, ...rows] = rowsOf(text);
    const faults = [];
    let nDescribed = 0;
    await trying(async () => {
      const columns = [];
      for (const name of head.slice(1)) columns.push(await this.attributeCalled(name));
      for (const [name, ...cells] of rows) {
        const person = this.personCalled(name);
        const attributes = Object.fromEntries(columns.flatMap((column, i) => (cells[i] ? [[column.name, typed(cells[i], column)]] : [])));
        if (!person) faults.push(T.pastedUnknown(name));
        else await patch(`/participants/${person.id}`, { attributes }).then(() => (nDescribed += 1), (fault) => faults.push(T.pastedFault(name, faultText(fault))));
      }
    });
    if (faults.length) warn(T.pasted(nDescribed, faults));
    else tell(T.pasted(nDescribed, faults));
    this.loadPeople();
  }

  /** The attribute of that name, made as text where there is none. */
  async attributeCalled(name) {
    return this.attributes.find((a) => isSameName(a.name, name)) ?? (await post(`/studies/${this.model.id}/attributes`, { name, type: "text", choices: [] }));
  }

  /** The participant of that name, or the only one who speaks under it. */
  personCalled(name) {
    const people = this.model.state.participants;
    const speaking = people.filter((person) => person.speaks_in.some(({ speaker }) => isSameName(speaker, name)));
    return people.find((person) => isSameName(person.name, name)) ?? (speaking.length === 1 ? speaking[0] : null);
  }
}

class UploadLine {
  constructor(file) {
    this.file = file;
    this.bar = h("progress", { max: 1, value: 0, "aria-label": T.uploading(file.name) });
    this.says = h("span.soft", {}, T.waiting);
    this.element = h("li", {}, words(file.name, "bdi"), this.bar, this.says);
  }

  async send(studyId, headers) {
    try {
      const answer = await upload(`/studies/${studyId}/uploads`, this.file, { headers, onProgress: (part) => ((this.bar.value = part), (this.says.textContent = part < 1 ? T.sent(part) : T.reading)) });
      this.bar.remove();
      const faults = listOf(answer, "files").filter((file) => file.error);
      const nAdded = listOf(answer, "files").reduce((n, file) => n + (file.added?.length ?? 0), 0);
      const there = listOf(answer, "files").flatMap((file) => file.already_there ?? []);
      show(this.says, nAdded > 0 && h("span.good", {}, T.added(nAdded)), there.length > 0 && h("span.soft", {}, ` ${T.alreadyThere(there.length)}`));
      if (faults.length) this.element.append(h("ul.plain-list", {}, faults.map((file) => h("li.fault", {}, words(file.place, "bdi"), ": ", words(file.error.message, "span")))));
    } catch (fault) {
      this.bar.remove();
      show(this.says, h("span.fault", {}, faultText(fault)));
    }
  }
}

/** Forget a participant: what would be lost is shown, and it is asked twice. */
export async function forget(model, person, done) {
  await trying(async () => {
    const loss = await get(`/participants/${person.id}/loss`);
    const name = person.name;
    if (!(await confirm({ title: T.forgetOne(name), body: lossView(loss, model.state.map), says: T.goOn, kind: "danger" }))) return;
    const field = h("input", { id: "forget-name", autocomplete: "off" });
    const sure = await ask({
      title: T.forgetSure(name),
      body: [h("p", {}, T.forgetFinal), labelled("forget-name", T.typeName(name), field)],
      actions: [{ says: T.forget, value: true, kind: "danger" }],
      onOpen: () => field.focus(),
      read: () => (field.value.trim() === name ? true : (field.focus(), undefined)),
    });
    if (!sure) return;
    await model.changing(() => remove(`/participants/${person.id}`));
    model.evidence.clear();
    tell(T.forgotten(name));
    await model.loadTranscripts();
    done();
  });
}

/** What would be lost, with the wordings of what is on the map. */
function lossView(loss, map) {
  const wording = (id) => (map && entryOf(map, id) ? wordingOf(entryOf(map, id)) : id);
  return [h("p", {}, T.lossHint), h("p", {}, T.nStatementsLost(loss.n_statements)),
    Object.keys(T.losses).filter((name) => loss[name].length).map((name) => h("details", { open: name === "lost_support" }, h("summary", {}, `${T.losses[name]} (${number(loss[name].length)})`), h("ul.plain-list", {}, loss[name].map((id) => words(wording(id), "li")))))];
}

/** The names under which a person speaks, where they are others than the person's. */
function spokenNames(person) {
  const names = [...new Set(person.speaks_in.map(({ speaker }) => speaker))].filter((name) => name !== person.name);
  return names.length > 0 && h("p.soft", {}, names.flatMap((name, i) => [i > 0 && ", ", words(name)]));
}

function typed(text, attribute) {
  const value = text.trim();
  if (!value) return null;
  if (attribute.type === "number") return Number.isNaN(Number(value)) ? value : Number(value);
  if (attribute.type === "flag") return ["yes", "true", "1"].includes(value.toLowerCase());
  return value;
}

/** Rows and cells of what was copied from a spreadsheet, or written with commas. */
function rowsOf(text) {
  const lines = text.split(/\r?\n/).filter((line) => line.trim());
  return lines.map((line) => line.split(line.includes("\t") ? "\t" : ",").map((cell) => cell.trim()));
}

function isSameName(a, b) {
  return a.toLowerCase() === b.toLowerCase();
}
