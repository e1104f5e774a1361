// A survey from the approved map: made, looked over, handed out, and how many have answered.

import { address, get, post, remove } from "../api.js";
import { copyFrom } from "../clipboard.js";
import { ask, confirm } from "../dialogs.js";
import { h, show, words } from "../dom.js";
import { isApproved, isSettled, wordingOf } from "../jobmap.js";
import { tell, trying } from "../notices.js";
import { may } from "../rights.js";
import { to } from "../router.js";
import { saveCsv } from "../saving.js";
import { T, number } from "../strings.js";
import { choose, surveyPicker, surveysOf } from "../survey_choice.js";
import { emptyState, labelled } from "./fields.js";
import { solutionList } from "./solutions.js";

const ASPECTS = ["importance", "difficulty", "satisfaction", "speed", "accuracy"];
const WHATS = ["steps", "needs"];
const USUAL = new Set(ASPECTS.slice(0, 3));
const FILES = ["questionnaire.html", "questionnaire.xlsx", "questions.csv", "answers.csv", "limesurvey.lss", "limesurvey.txt", "qualtrics.txt", "questionnaire.json"];
const MOST_LINKS = 10_000;

/** Mount the survey of a study. */
export function survey(root, { model }) {
  const view = new SurveyScreen(root, model);
  return () => view.close();
}

class SurveyScreen {
  constructor(root, model) {
    Object.assign(this, { root, model, surveys: null, opened: null, isMaking: false });
    this.stop = model.store.subscribe(() => this.drawBasis());
    show(root, h("h1", {}, T.sections.survey), h("p.soft", { role: "status" }, T.loading));
    trying(() => this.load());
  }

  close() {
    this.stop();
    this.isClosed = true;
  }

  /** Fetch the surveys, and the questions of the one that is chosen. */
  async load() {
    const [{ surveys, chosen }, mayChange] = await Promise.all([surveysOf(this.model), may(this.model, "analyse")]);
    Object.assign(this, { surveys, mayChange });
    this.opened = chosen ? await get(`/studies/${this.model.id}/surveys/${chosen.id}`) : null;
    if (!this.isClosed) this.draw();
  }

  draw() {
    this.basis = h("div.basis", {});
    this.made = h("div", {});
    const isForm = this.mayChange && (this.isMaking || !this.opened);
    const head = h("div.page-head", {}, h("h1", {}, T.sections.survey), h("div.ways", {}, surveyPicker(this.surveys, this.opened, (id) => (choose(this.model.id, { survey: id }), trying(() => this.load()))),
      this.mayChange && this.opened && h("button", { type: "button", "aria-expanded": String(this.isMaking), on: { click: () => this.another() } }, T.survey.another)));
    this.countAgain = null;
    this.form = isForm && h("section.sheet", { "aria-labelledby": "new-survey" });
    const solutions = h("div.section-body", {}, h("p.soft", {}, T.loading));
    show(this.root, head, this.basis, this.form || null, this.opened ? this.one(this.opened) : !this.mayChange && h("p.soft", {}, T.survey.noneYet),
      h("section", { id: "solutions" }, h("h2", {}, T.solutions.title), h("p.hint", {}, T.solutions.hint), solutions));
    this.drawBasis();
    trying(() => solutionList(solutions, this.model, { mayChange: this.mayChange }));
  }

  /** Open or close the form for one more survey. */
  another() {
    this.isMaking = !this.isMaking;
    this.draw();
    this.root.querySelector(this.isMaking ? "#survey-name" : "[aria-expanded]").focus();
  }

  /** What is approved now, and beside it what the survey that is open asks about. */
  drawBasis() {
    if (!this.basis) return;
    const { map, isLoaded } = this.model.state;
    if (!map) return isLoaded && show(this.basis, emptyState(T.noMap, T.noMapHint, h("a.button.main", { href: to(["studies", this.model.id, "overview"]) }, T.toInterviews)));
    const approved = { steps: approvedOf(map.steps), needs: approvedOf(map.needs) };
    const nOpen = [...map.steps, ...map.needs].filter((entry) => !isSettled(entry)).length;
    const board = (says) => h("a", { href: to(["studies", this.model.id, "board"]) }, says);
    const isNothing = !approved.steps.length && !approved.needs.length;
    if (isNothing && !this.opened) show(this.basis, emptyState(T.nothingApproved, T.survey.approveFirst, h("a.button.main", { href: to(["studies", this.model.id, "board"]) }, T.toBoard), h("a.button", { href: to(["studies", this.model.id, "needs"]) }, T.survey.toNeeds)));
    else show(this.basis, h("p", {}, T.survey.approved(approved.steps.length, approved.needs.length), nOpen > 0 && [" ", board(T.survey.stillOpen(nOpen))]));
    if (this.opened) this.basis.append(...this.apart(approved));
    if (this.form) this.drawForm(approved, isNothing);
    return undefined;
  }

  /** Where the map has gone on since the survey was made. */
  apart(approved) {
    const asked = new Map(this.opened.questionnaire.subjects.map((subject) => [subject.id, subject]));
    const now = [...approved.steps, ...approved.needs];
    const fresh = now.filter((entry) => !asked.has(entry.id)).map(wordingOf);
    const there = new Set(now.map((entry) => entry.id));
    const gone = [...asked.values()].filter((subject) => !there.has(subject.id)).map((subject) => subject.wording);
    return [[T.survey.notAsked, fresh], [T.survey.noLonger, gone]].filter(([, wordings]) => wordings.length).map(([says, wordings]) =>
      h("details", {}, h("summary", {}, says(wordings.length)), h("ul.plain-list.soft", {}, wordings.map((text) => h("li", {}, words(text, "span"))))));
  }

  drawForm(approved, isNothing) {
    if (this.countAgain) return this.countAgain(approved);
    if (isNothing) return show(this.form, h("h2", { id: "new-survey" }, T.survey.make), h("p.soft", {}, T.survey.approveFirst));
    const field = (id, attributes = {}) => h("input", { id: `survey-${id}`, autocomplete: "off", ...attributes });
    const name = field("name", { placeholder: T.survey.nameExample });
    const day = field("day", { type: "date", props: { value: new Date().toISOString().slice(0, 10) } });
    const most = field("most", { type: "number", min: 1, max: 1000, props: { value: "30" } });
    const screening = field("screening", { placeholder: T.survey.screeningExample(approved && this.model.state.study?.job) });
    const currency = field("currency", { placeholder: "EUR", maxlength: 20, disabled: true });
    const check = (says, attributes = {}) => {
      const box = h("input", { type: "checkbox", ...attributes });
      return [box, h("label.check", {}, box, says)];
    };
    const [asksPay, payLabel] = check(T.survey.asksPay, { on: { change: () => (currency.disabled = !asksPay.checked) } });
    const [asksWho, whoLabel] = check(T.survey.asksWho, { props: { checked: true } });
    const [isMadeUp, madeUpLabel] = check(T.survey.isMadeUp);
    const boxes = Object.fromEntries(WHATS.map((what) => [what, ASPECTS.map((aspect) => h("input", { type: "checkbox", value: aspect, "aria-label": T.survey.ratedOn(T.whats[what], T.aspects[aspect]), props: { checked: USUAL.has(aspect) }, on: { change: () => count() } }))]));
    const ticked = (what) => boxes[what].filter((box) => box.checked).map((box) => box.value);
    const length = h("p.hint", { role: "status" });
    let basis = approved;
    const count = () => {
      const nAsked = WHATS.reduce((sum, what) => sum + (ticked(what).length ? basis[what].length : 0), 0);
      const nRatings = WHATS.reduce((sum, what) => sum + ticked(what).length * basis[what].length, 0);
      const nBlocks = most.value ? Math.max(1, Math.ceil(nAsked / Number(most.value))) : 1;
      length.textContent = T.survey.length(nRatings, nBlocks, Math.round(nRatings / nBlocks));
      make.disabled = !nRatings;
    };
    most.addEventListener("input", () => count());
    this.countAgain = (now) => ((basis = now), count());
    const grid = h("table.aspects", {}, h("thead", {}, h("tr", {}, h("td", {}), WHATS.map((what) => h("th", { scope: "col" }, T.survey.every[what])))),
      h("tbody", {}, ASPECTS.map((aspect, i) => h("tr", {}, h("th", { scope: "row" }, T.aspects[aspect]), WHATS.map((what) => h("td", {}, boxes[what][i]))))));
    const make = h("button.main", { type: "submit" }, T.survey.make);
    const submit = (event) => {
      event.preventDefault();
      make.disabled = true;
      trying(async () => {
        const made = await post(`/studies/${this.model.id}/surveys`, {
          name: name.value.trim() || null, day: day.value || null, step_aspects: ticked("steps"), need_aspects: ticked("needs"), max_subjects: most.value ? Number(most.value) : null,
          asks_pay: asksPay.checked, currency: asksPay.checked ? currency.value.trim() : "", screening: screening.value.trim() || null, asks_attributes: asksWho.checked, is_synthetic: isMadeUp.checked,
        });
        this.isMaking = false;
        choose(this.model.id, { survey: made.id });
        tell(T.survey.wasMade(made.name));
        await this.load();
        this.root.querySelector("#survey-title")?.focus();
      }).finally(() => (make.disabled = false));
    };
    show(this.form, h("h2", { id: "new-survey" }, T.survey.make), h("form.new-survey", { on: { submit } },
      h("div.pair", {}, labelled("survey-name", T.survey.name, name), labelled("survey-day", T.survey.day, day)),
      h("fieldset", {}, h("legend", {}, T.survey.rated), h("div.table-box", {}, grid)),
      length, labelled("survey-most", T.survey.most, most, T.survey.mostHint), labelled("survey-screening", T.survey.screening, screening), whoLabel, h("div.check-row", {}, payLabel, h("label.inline", { for: "survey-currency" }, T.survey.currency), currency), madeUpLabel,
      h("div.ways", {}, make)));
    count();
    return undefined;
  }

  one(made) {
    const { questionnaire } = made;
    return h("div.survey-one", {},
      h("section", {}, h("div.section-head", {}, h("h2", { id: "survey-title", tabindex: -1 }, words(made.name, "span"), made.is_synthetic && [" ", h("span.chip.warn", {}, T.survey.madeUp)]), h("span.soft", {}, T.survey.madeBy(made.day, made.created_by))), figures(made)),
      h("section", {}, h("h2", {}, T.survey.handOut), h("p.hint", {}, T.survey.handOutHint),
        h("ul.file-list", {}, FILES.map((file) => h("li", {}, h("a.button.small", { href: address(`/studies/${this.model.id}/surveys/${made.id}/files/${file}`), download: file }, T.survey.files[file][0]), h("span.soft", {}, T.survey.files[file][1]))))),
      h("section", {}, h("h2", {}, T.survey.links), h("p.hint", {}, T.survey.linksHint), this.mayChange ? this.inviting(made) : h("p.soft", {}, T.survey.linksByOthers), made.n_respondents > 0 && h("p", {}, h("a", { href: to(["studies", this.model.id, "answers"], { survey: made.id }) }, T.survey.toAnswers(made.n_respondents)))),
      questions(questionnaire),
      this.mayChange && h("div.ways", {}, h("button.danger", { type: "button", on: { click: () => this.erase(made) } }, T.survey.erase)));
  }

  inviting(made) {
    const n = h("input", { id: "n-links", type: "number", min: 1, max: MOST_LINKS, props: { value: "20" } });
    const submit = (event) => {
      event.preventDefault();
      trying(async () => {
        const { links } = await post(`/studies/${this.model.id}/surveys/${made.id}/links`, { n: Number(n.value) });
        await showLinks(links, made);
        await this.load();
      });
    };
    return h("form.tools", { on: { submit } }, h("label.inline", { for: "n-links" }, T.survey.nLinks), n, h("button", { type: "submit" }, T.survey.makeLinks));
  }

  async erase(made) {
    if (!(await confirm({ title: T.survey.eraseSure(made.name), body: h("p", {}, T.survey.eraseHint(made.n_respondents)), says: T.delete, kind: "danger" }))) return;
    await trying(async () => {
      await remove(`/studies/${this.model.id}/surveys/${made.id}`);
      choose(this.model.id, { survey: "", segmentBy: "" });
      await this.load();
    });
  }
}

function approvedOf(entries) {
  return entries.filter((entry) => isApproved(entry) && !entry.lost_support);
}

function figures(made) {
  const { subjects, blocks } = made.questionnaire;
  const rows = [[T.survey.figures.asked, subjects.length], [T.survey.figures.questions, made.n_questions], [T.survey.figures.blocks, blocks.length], [T.survey.figures.invited, made.n_invited], [T.survey.figures.begun, made.n_begun], [T.survey.figures.complete, made.n_sent], [T.survey.figures.answers, made.n_respondents]];
  return h("dl.tally.sheet", {}, rows.map(([says, n]) => h("div", {}, h("dt", {}, says), h("dd", {}, number(n)))));
}

async function showLinks(links, made) {
  const field = h("textarea.links", { id: "links", readonly: true, wrap: "off", rows: Math.min(links.length + 1, 8), props: { value: links.join("\n") } });
  const copied = h("p.good", { role: "status" });
  const copy = async () => (copied.textContent = await copyFrom(field));
  const ways = h("div.ways", {}, h("button", { type: "button", on: { click: copy } }, T.survey.copy), h("button", { type: "button", on: { click: () => saveCsv(T.survey.linksFile(made.name), [[T.survey.link], ...links.map((link) => [link])]) } }, T.survey.download));
  await ask({ title: T.survey.linksMade(links.length), isWide: true, body: [h("label", { for: "links" }, T.survey.linksOnce), field, ways, copied], actions: [{ says: T.survey.linksKept, value: true, kind: "main" }] });
}

/** What is asked, part by part; ratings as a table a block, with their ids and what the linter says. */
function questions(questionnaire) {
  const byPart = (part) => questionnaire.questions.filter((question) => question.part === part);
  const subjects = new Map(questionnaire.subjects.map((subject) => [subject.id, subject]));
  const ratings = new Map(byPart("rating").map((question) => [`${question.subject} ${question.aspect}`, question]));
  const aspects = ASPECTS.filter((aspect) => byPart("rating").some((question) => question.aspect === aspect));
  const hinted = questionnaire.subjects.filter((subject) => lintOf(subject, ratings, aspects).length);
  const isOne = questionnaire.blocks.length === 1;
  return h("section.questions", {}, h("h2", {}, T.survey.questions), h("p.hint", {}, words(questionnaire.assignment, "span"), " ", hinted.length ? T.survey.hinted(hinted.length) : T.survey.noHints),
    plainPart("screening", byPart("screening")), plainPart("solution", byPart("solution")),
    aspects.length > 0 && h("details", {}, h("summary", {}, T.survey.wordings), h("ul.plain-list", {}, aspects.map((aspect) => {
      const example = byPart("rating").find((question) => question.aspect === aspect);
      return h("li", {}, h("strong", {}, T.aspects[aspect]), ": ", words(example.text, "q"), " ", h("span.soft", {}, example.choices.map((choice) => choice.text).join(" · ")));
    }))),
    questionnaire.blocks.map((block) => h("details.block", { open: isOne || block.number === 1 }, h("summary", {}, h("h3", {}, isOne ? T.survey.ratings(block.subjects.length) : T.survey.block(block.number, block.subjects.length))),
      h("div.table-box", { tabindex: 0, role: "region", "aria-label": T.survey.block(block.number, block.subjects.length) }, h("table.items", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, T.survey.item), aspects.map((aspect) => h("th", { scope: "col" }, T.aspects[aspect])))),
        h("tbody", {}, block.subjects.map((id) => itemRow(subjects.get(id), ratings, aspects))))))),
    plainPart("pay", byPart("pay")), plainPart("profile", byPart("profile")));
}

function itemRow(subject, ratings, aspects) {
  const lint = lintOf(subject, ratings, aspects);
  return h(`tr.${subject.kind}`, { "data-stage": subject.stage }, h("th", { scope: "row" }, subject.kind === "step" && [h("span.stage-chip", {}, T.stages[subject.stage]), " "], words(subject.wording, "span"), lint.length > 0 && h("ul.lint", {}, lint.map((finding) => h("li", {}, finding.message)))),
    aspects.map((aspect) => h("td", {}, ratings.has(`${subject.id} ${aspect}`) ? h("code", {}, ratings.get(`${subject.id} ${aspect}`).id) : "–")));
}

function lintOf(subject, ratings, aspects) {
  return aspects.map((aspect) => ratings.get(`${subject.id} ${aspect}`)?.lint ?? []).find((lint) => lint.length) ?? [];
}

function plainPart(part, asked) {
  return asked.length > 0 && h("div.part", {}, h("h3", {}, T.survey.parts[part]), h("ul.plain-list", {}, asked.map((question) => h("li", {}, words(question.text, "span"), " ", h("code", {}, question.id), h("p.soft", {}, question.choices.length ? question.choices.map((choice) => `${choice.text}${choice.ends ? ` (${T.survey.ends})` : ""}`).join(" · ") : T.survey.forms[question.form])))));
}
