// Answers in: a file looked over before anything of it is taken, whole or not at all; and what is odd about those that are in.

import { address, get, upload } from "../api.js";
import { choose as chooseOne } from "../dialogs.js";
import { h, show, whenQuiet, words } from "../dom.js";
import { faultText, tell, trying } from "../notices.js";
import { may } from "../rights.js";
import { to } from "../router.js";
import { T, number } from "../strings.js";
import { TO_LEAVE_OUT, choiceOf, choose, queryOf, surveyPicker, surveysOf } from "../survey_choice.js";
import { dropZone, emptyState } from "./fields.js";
import { namedTable } from "./tables.js";

const ABOUT_PERSON = ["respondent", "block", "submitted", "seconds"];
const NEVER_COUNT = ["screened_out", "empty"];
const N_SHOWN = 200;
const N_OPEN = 12;
const QUIET_MS = 400;

/** Mount the answers to a survey. */
export function answers(root, { model }) {
  const view = new AnswersScreen(root, model);
  return () => view.close();
}

class AnswersScreen {
  constructor(root, model) {
    Object.assign(this, { root, model });
    show(root, h("h1", {}, T.sections.answers), h("p.soft", { role: "status" }, T.loading));
    this.reloadFlags = whenQuiet(() => this.loadFlags(), QUIET_MS);
    trying(() => this.load());
  }

  close() {
    this.isClosed = true;
  }

  get path() {
    return `/studies/${this.model.id}/surveys/${this.chosen.id}/answers`;
  }

  async load() {
    const [{ surveys, chosen }, mayChange] = await Promise.all([surveysOf(this.model), may(this.model, "analyse")]);
    this.questionnaire = chosen && (await get(`/studies/${this.model.id}/surveys/${chosen.id}`)).questionnaire;
    Object.assign(this, { surveys, chosen, mayChange });
    if (!this.isClosed) this.draw();
  }

  draw() {
    if (!this.chosen) return show(this.root, h("h1", {}, T.sections.answers), emptyState(T.answers.noSurvey, T.answers.noSurveyHint, h("a.button.main", { href: to(["studies", this.model.id, "survey"]) }, T.answers.toSurvey)));
    const { n_respondents: n, is_synthetic: isMadeUp } = this.chosen;
    this.taking = h("div.taking", {});
    this.flags = h("section", {});
    const ways = n > 0 && h("div.ways", {}, h("a.button", { href: address(`${this.path}.csv`), download: "" }, T.answers.download), h("a.button.main", { href: to(["studies", this.model.id, "priorities"], queryOf(choiceOf(this.model.id))) }, T.answers.toPriorities));
    show(this.root, h("div.page-head", {}, h("h1", {}, T.sections.answers), h("div.ways", {}, surveyPicker(this.surveys, this.chosen, (id) => (choose(this.model.id, { survey: id }), trying(() => this.load()))))),
      h("p", {}, T.answers.there(n, this.chosen.name), isMadeUp && [" ", h("span.chip.warn", {}, T.survey.madeUp)]), ways,
      this.mayChange ? dropZone({ id: "answers-file", title: T.answers.dropHere, hint: T.answers.dropHint, says: T.answers.chooseFile, accept: ".csv,.tsv,.txt,.xlsx", onFiles: ([file]) => this.look(file) }) : n === 0 && h("p.soft", {}, T.answers.byOthers), this.taking, this.flags);
    if (n > 0) this.loadFlags();
    return undefined;
  }

  /** Show how a file would be read, and take nothing yet. */
  look(file) {
    if (!file) return;
    this.file = file;
    this.mapping = {};
    this.preview();
  }

  async preview() {
    const { file } = this;
    show(this.taking, h("p.sheet.soft", { role: "status" }, T.answers.reading(file.name)));
    try {
      const found = await upload(`${this.path}/preview`, file, { query: { mapping: this.mappingText() } });
      if (this.file === file && !this.isClosed) this.drawPreview(found);
    } catch (fault) {
      this.refused(fault);
    }
  }

  mappingText() {
    return Object.keys(this.mapping).length ? JSON.stringify(this.mapping) : null;
  }

  drawPreview(found) {
    const texts = new Map(this.questionnaire.questions.map((question) => [question.id, question.text]));
    const isRead = ({ read_as: target }) => target !== null;
    const [read, unread] = [found.columns.filter(isRead), found.columns.filter((column) => !isRead(column))];
    const hasRating = read.some(({ read_as: id }) => this.questionnaire.questions.some((question) => question.id === id && question.part === "rating"));
    const badLines = new Set(found.bad_cells.map((cell) => cell.line));
    const leave = h("input", { type: "checkbox", on: { change: () => ready() } });
    const take = h("button.main", { type: "button", on: { click: () => this.take(leave.checked, take) } });
    const ready = () => {
      const n = found.n_rows - (leave.checked ? badLines.size : 0);
      take.disabled = !hasRating || !n || (badLines.size > 0 && !leave.checked);
      take.textContent = T.answers.take(n);
    };
    const table = (columns) => this.columnTable(columns, texts, found.columns);
    show(this.taking, h("section.sheet", { "aria-labelledby": "preview-title" },
      h("h2", { id: "preview-title", tabindex: -1 }, words(T.answers.previewOf(this.file.name), "span")),
      h("p", { role: "status" }, T.answers.previewSays(found.n_rows, read.length, found.columns.length), " ", badLines.size ? h("strong.fault", {}, T.answers.badSays(found.bad_cells.length, badLines.size)) : h("span.good", {}, T.answers.allFine)),
      !hasRating && h("p.fault", {}, T.answers.noRating),
      unread.length > 0 && h("details", { open: unread.length <= N_OPEN }, h("summary", {}, T.answers.unread(unread.length)), table(unread)),
      h("details", { open: read.length <= N_OPEN }, h("summary", {}, T.answers.read(read.length)), table(read)),
      found.missing.length > 0 && h("details", {}, h("summary", {}, T.answers.missing(found.missing.length)), h("ul.plain-list.soft", {}, found.missing.map((id) => h("li", {}, words(texts.get(id) ?? id, "span"), " ", h("code", {}, id))))),
      badLines.size > 0 && [badTable(found.bad_cells), h("label.check", {}, leave, T.answers.leaveOut(badLines.size))],
      h("div.ways", {}, take, h("button.plain", { type: "button", on: { click: () => this.forget() } }, T.answers.notThis)), h("p.hint", {}, T.answers.wholeOrNot)));
    ready();
    this.taking.querySelector("#preview-title").focus();
  }

  columnTable(columns, texts, all) {
    const change = async (column) => {
      const choices = [{ value: "", text: T.answers.readAsNothing, hint: "" }, ...ABOUT_PERSON.map((target) => ({ value: target, text: T.answers.person[target], hint: target })), ...[...texts].map(([id, text]) => ({ value: id, text, hint: id }))];
      const target = await chooseOne({ title: T.answers.readColumnAs(column.column), label: T.answers.readAs, choices });
      if (target === null) return;
      const before = all.find((other) => target && other.read_as === target && other !== column);
      if (before) this.mapping[before.column] = "";
      this.mapping[column.column] = target;
      this.preview();
    };
    const rows = columns.map((column) => [[words(column.column), column.text && column.text !== column.column && words(column.text, "small")], words(column.examples.join(" · "), "span"),
      column.read_as === null ? h("span.soft", {}, T.answers.readAsNothing) : [words(T.answers.person[column.read_as] ?? texts.get(column.read_as) ?? column.read_as, "span"), " ", h("code", {}, column.read_as)],
      h("button.plain.small", { type: "button", "aria-label": T.answers.changeColumn(column.column), on: { click: () => change(column) } }, T.answers.change)]);
    return h("div.scroll-box", {}, namedTable([T.answers.column, T.answers.examples, T.answers.readAs, ""], rows, T.answers.columns));
  }

  async take(leavesOut, button) {
    button.disabled = true;
    const { file } = this;
    try {
      const taken = await upload(this.path, file, { query: { mapping: this.mappingText(), leave_out_bad: leavesOut } });
      this.forget();
      tell(T.answers.taken(taken.n_added));
      await trying(() => this.load());
      show(this.taking, h("section.sheet", { role: "status" }, h("h2", {}, words(file.name, "span")), h("p", {}, T.answers.taken(taken.n_added), " ", taken.n_there > 0 && T.answers.wereThere(taken.n_there)),
        taken.left_out.length > 0 && [h("p", {}, T.answers.wereLeftOut(new Set(taken.left_out.map((cell) => cell.line)).size)), badTable(taken.left_out)]));
    } catch (fault) {
      this.refused(fault);
    }
  }

  refused(fault) {
    const cells = fault.details?.cells ?? [];
    show(this.taking, h("section.sheet", { role: "alert" }, h("h2", {}, T.answers.notTaken), h("p.fault", {}, words(faultText(fault), "span")), cells.length > 0 && badTable(cells), h("p.hint", {}, T.answers.wholeOrNot)));
  }

  forget() {
    this.file = null;
    show(this.taking);
  }

  async loadFlags() {
    if (!this.flags.firstChild) show(this.flags, h("h2", {}, T.answers.quality), h("p.soft", { role: "status" }, T.loading));
    const { chosen } = this;
    const own = (this.turn = (this.turn ?? 0) + 1);
    const found = await trying(() => get(`/studies/${this.model.id}/priorities`, { query: { ...queryOf(choiceOf(this.model.id)), survey: chosen.id } }));
    if (found && own === this.turn && !this.isClosed) this.drawFlags(found);
  }

  drawFlags(found) {
    const people = found.respondents;
    const nOf = (oddity) => people.filter((person) => person[oddity]).length;
    const { leaveOut } = choiceOf(this.model.id);
    const count = h("p", { role: "status" });
    const recount = (left) => {
      const nCounted = people.filter((person) => ![...NEVER_COUNT, ...left].some((oddity) => person[oddity])).length;
      count.textContent = T.answers.counted(nCounted, people.length);
    };
    const boxes = TO_LEAVE_OUT.map((oddity) => h("input", { type: "checkbox", value: oddity, "aria-label": T.answers.leaveOutOdd(T.answers.oddities[oddity][0]), props: { checked: leaveOut.includes(oddity) }, on: { change: () => {
      const left = boxes.filter((box) => box.checked).map((box) => box.value);
      choose(this.model.id, { leaveOut: left });
      recount(left);
      this.reloadFlags();
    } } }));
    const focused = boxes.length && document.activeElement?.value;
    const rows = [...TO_LEAVE_OUT, ...NEVER_COUNT].map((oddity, i) => [[T.answers.oddities[oddity][0], h("small", {}, T.answers.oddities[oddity][1])], number(nOf(oddity)), boxes[i] ?? h("span.soft", {}, T.answers.neverCounts)]);
    const odd = people.filter((person) => [...TO_LEAVE_OUT, ...NEVER_COUNT].some((oddity) => person[oddity]));
    show(this.flags, h("h2", {}, T.answers.quality), h("p.hint", {}, T.answers.qualityHint), count, warningList(found.warnings),
      namedTable([T.answers.oddity, { text: T.answers.n, isNumber: true }, T.answers.leave], rows, T.answers.quality, ".oddities"),
      odd.length > 0 && h("details", {}, h("summary", {}, T.answers.flagged(odd.length)), h("div.scroll-box", {}, namedTable([T.answers.respondent, T.answers.why, T.answers.sameAs, { text: T.answers.seconds, isNumber: true }, { text: T.answers.rated, isNumber: true }], odd.slice(0, N_SHOWN).map((person) => [
        words(person.respondent), [...TO_LEAVE_OUT, ...NEVER_COUNT].filter((oddity) => person[oddity]).map((oddity) => [h("span.chip.warn", {}, T.answers.oddities[oddity][0]), " "]), words(person.same_as ?? "", "span"), person.seconds === null ? "–" : number(person.seconds), number(person.n_rated)]), T.answers.flagged(odd.length))),
        odd.length > N_SHOWN && h("p.hint", {}, T.answers.firstOnes(N_SHOWN))));
    recount(leaveOut);
    boxes.find((box) => box.value === focused)?.focus();
  }
}

/** What the number of people who answered does not carry. */
export function warningList(warnings) {
  return warnings.length > 0 && h("ul.lint.warnings", {}, warnings.map((text) => words(text, "li")));
}

function badTable(cells) {
  const rows = cells.slice(0, N_SHOWN).map((cell) => [number(cell.line), words(cell.column), words(cell.reason, "span")]);
  return [h("div.scroll-box", {}, namedTable([T.answers.line, T.answers.column, T.answers.reason], rows, T.answers.badCells)), cells.length > N_SHOWN && h("p.hint", {}, T.answers.firstOnes(N_SHOWN))];
}
