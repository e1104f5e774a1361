// All studies: how far each has come, and the way to a new one.

import { get, listOf, post } from "../api.js";
import { h, show, words } from "../dom.js";
import { trying, faultText } from "../notices.js";
import { go, to } from "../router.js";
import { T, moment } from "../strings.js";
import { emptyState, labelled } from "./fields.js";

/** Mount the list of studies. */
export function studies(root, { session }) {
  const list = h("div", {}, h("p.soft", { role: "status" }, T.loading));
  const mayCreate = session.may_create ?? true;
  const form = newStudy();
  form.hidden = true;
  const open = h("button.main", { type: "button", "aria-expanded": "false", on: { click: () => toggle(form.hidden) } }, T.newStudy);
  const toggle = (isOpen) => {
    form.hidden = !isOpen;
    open.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) form.querySelector("input").focus();
  };
  show(root, h("div.page-head", {}, h("h1", {}, T.studies), h("div.ways", {}, (session.is_owner ?? false) && h("a.button.plain", { href: to(["settings"]) }, T.people_), mayCreate && open)), form, list);
  trying(async () => {
    const found = listOf(await get("/studies", { query: { "page[limit]": 1000 } }), "studies");
    if (!found.length) {
      show(list, emptyState(T.noStudies, T.noStudiesHint));
      if (mayCreate) toggle(true);
      return;
    }
    show(list, h("ul.study-list", {}, found.map(studyCard)));
  });
}

function studyCard(study) {
  const { n_transcripts: nTranscripts, n_participants: nPeople, n_runs: nRuns, n_entries: nEntries, n_reviewed: nReviewed, share_reviewed: given } = study;
  const shareDone = given ?? (nEntries ? nReviewed / nEntries : null);
  const counts = [nTranscripts !== undefined && T.nInterviews(nTranscripts), nPeople !== undefined && T.peopleLong(nPeople), nRuns !== undefined && T.nRuns(nRuns)].filter(Boolean).join(" · ");
  const isReady = nRuns === undefined || nRuns > 0;
  return h("li.study-card", {},
    h("h2", {}, h("a", { href: to(["studies", study.id, isReady ? "board" : "overview"]) }, words(study.name))),
    study.job && h("p", {}, words(study.job, "span")),
    h("p.soft", {}, counts || moment(study.created_at)),
    shareDone !== null && h("div.done", {}, h("progress", { max: 1, value: shareDone, "aria-label": T.reviewedLabel }), h("span.soft", {}, T.reviewedShare(shareDone))));
}

function newStudy() {
  const name = h("input", { id: "study-name", required: true, autocomplete: "off", maxlength: 200 });
  const job = h("input", { id: "study-job", autocomplete: "off", maxlength: 500, placeholder: T.jobExample });
  const executor = h("input", { id: "study-executor", autocomplete: "off", maxlength: 200, placeholder: T.executorExample });
  const fault = h("p.fault", { role: "alert" });
  const submit = async (event) => {
    event.preventDefault();
    try {
      const study = await post("/studies", { name: name.value.trim(), job: job.value.trim(), executor: executor.value.trim() });
      go(["studies", study.id, "overview"]);
    } catch (error) {
      fault.textContent = faultText(error);
    }
  };
  return h("form.sheet.new-study", { on: { submit } },
    labelled("study-name", T.studyName, name), labelled("study-job", T.job, job, T.jobHint), labelled("study-executor", T.executor, executor, T.executorHint),
    fault, h("button.main", { type: "submit" }, T.createStudy));
}
