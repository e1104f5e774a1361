// All studies: how far each has come, and the way to a new one.

import { get, getAll, post } from "../api.js";
import { h, show, words } from "../dom.js";
import { trying, faultText } from "../notices.js";
import { go, to } from "../router.js";
import { T } from "../strings.js";
import { emptyState, labelled } from "./fields.js";

/** Mount the list of studies. */
export function studies(root, { session }) {
  let isClosed = false;
  const list = h("div", {}, h("p.soft", { role: "status" }, T.loading));
  const mayCreate = session.is_owner || session.may_create;
  const form = newStudy();
  form.hidden = true;
  const open = h("button.main", { type: "button", "aria-expanded": "false", on: { click: () => toggle(form.hidden) } }, T.newStudy);
  const toggle = (isOpen) => {
    form.hidden = !isOpen;
    open.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) form.querySelector("input").focus();
  };
  show(root, h("div.page-head", {}, h("h1", {}, T.studies), h("div.ways", {}, session.is_owner && h("a.button.plain", { href: to(["settings"]) }, T.people_), mayCreate && open)), form, list);
  trying(async () => {
    const found = await getAll("/studies", "studies");
    if (!found.length) {
      show(list, emptyState(T.noStudies, T.noStudiesHint));
      if (mayCreate) toggle(true);
      return;
    }
    show(list, h("ul.study-list", {}, found.map(studyCard)));
    tellProgress(list, found, () => isClosed);
  });
  return () => (isClosed = true);
}

function studyCard(study) {
  const counts = [T.nInterviews(study.n_transcripts), T.peopleLong(study.n_participants), T.nRuns(study.n_runs)].join(" · ");
  const done = h("div.done", {}, study.n_runs === 0 && h("span.soft", {}, T.notRun));
  return h("li.study-card", { "data-id": study.id },
    h("h2", {}, h("a", { href: to(["studies", study.id, study.n_runs ? "board" : "overview"]) }, words(study.name))),
    study.job && h("p", {}, words(study.job, "span")), h("p.soft", {}, counts), done);
}

/** How far each study is reviewed, one after the other: the server may have to fetch each map first. */
async function tellProgress(list, found, isClosed) {
  for (const study of found.filter((one) => one.n_runs > 0)) {
    if (isClosed()) return;
    const progress = await get(`/studies/${study.id}/progress`).catch(() => null);
    const place = list.querySelector(`[data-id="${CSS.escape(study.id)}"] .done`);
    if (!progress || !place) continue;
    const { n_entries: n, n_reviewed: nReviewed } = progress;
    show(place, h("progress", { max: Math.max(n, 1), value: nReviewed, "aria-label": T.reviewedLabel }), h("span.soft", {}, T.reviewedCount(nReviewed, n)));
  }
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
