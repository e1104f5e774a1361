// The parts of the priorities, each a function of the view (`model`, `found`, `query`, `mayChange`, …) to nodes.

import { h, show, words } from "../dom.js";
import { trying } from "../notices.js";
import { to } from "../router.js";
import { STAGES } from "../stages.js";
import { T, number } from "../strings.js";
import { heatTable } from "./priority_heat.js";
import { answerCounts, behind, opportunityCell, percent, picture, placedQuotes, priorityCell, shareCell } from "./priority_marks.js";
import { solutionList } from "./solutions.js";
import { namedTable, openingTable } from "./tables.js";
import { waveList } from "./waves.js";

const EVERYBODY = "everybody";
const TELLING = 0.05;
const P = T.priorities;

/** Important and difficult first, and the landscape it comes from. */
export function roadmap(view) {
  const { found } = view;
  const names = new Map(found.features.map((row) => [row.feature, row.name]));
  const columns = [
    { text: P.columns.priority, isNumber: true, isDown: true, key: (row) => row.priority, cell: priorityCell },
    { text: P.columns.importance, isNumber: true, isDown: true, key: (row) => row.importance, cell: (row) => percent(row.importance) },
    { text: P.columns.ces, isNumber: true, isDown: true, key: (row) => row.ces, cell: (row) => percent(row.ces) },
    { text: P.columns.opportunity, isNumber: true, isDown: true, key: (row) => row.opportunity, cell: opportunityCell },
    { text: P.columns.reach, isNumber: true, isDown: true, key: (row) => row.reach, cell: (row) => shareCell(row, "reach", { withMark: false }) },
    { text: P.columns.interviews, isNumber: true, isDown: true, key: (row) => row.n_participants, cell: (row) => P.ofInterviewed(row.n_participants, found.n_interviewed) },
    { text: P.columns.servedBy, cell: (row) => words(row.served_by ?? "", "span") },
    { text: P.columns.features, cell: (row) => words((row.features ?? "").split("; ").map((id) => names.get(id)).filter(Boolean).join(", "), "span") },
  ];
  const step = stepColumn();
  const ranked = { ...step, before: (row) => [h("span.rank", {}, row.rank), step.before(row)] };
  return [h("p.hint", {}, P.roadmapHint), openingTable({ name: P.parts.roadmap, columns: [ranked, ...columns], rows: found.roadmap, behind: (row) => behind(view, row.step), classes: ".figures" }),
    picture(view, "opportunity-landscape", { title: P.pictures.landscape, says: P.pictures.landscapeSays, table: "scores" }), method()];
}

/** Every score of every step and need, with its interval. */
export function scores(view) {
  const { found } = view;
  const segments = [...new Set(found.scores.map((row) => row.segment))];
  const shown = { segment: EVERYBODY, kind: "" };
  const place = h("div", {});
  const order = new Map(found.scores.map((row, i) => [row, i]));
  const share = (name) => ({ text: P.columns[name], isNumber: true, isDown: true, key: (row) => row[name], cell: (row) => shareCell(row, name) });
  const columns = [
    { ...stepColumn(), key: (row) => order.get(row) }, share("importance"), share("satisfaction"), share("ces"),
    { text: P.columns.opportunity, isNumber: true, isDown: true, key: (row) => row.opportunity, cell: opportunityCell },
    { text: P.columns.priority, isNumber: true, isDown: true, key: (row) => row.priority, cell: priorityCell },
  ];
  const draw = () => show(place, openingTable({ name: P.parts.scores, columns, classes: ".figures", rows: found.scores.filter((row) => row.segment === shown.segment && (!shown.kind || row.kind === shown.kind)), behind: (row) => behind(view, row.subject) }));
  const pick = (field, says, names) => h("label.inline", {}, says, h("select", { on: { change: (event) => ((shown[field] = event.target.value), draw()) } }, Object.entries(names).map(([value, text]) => h("option", { value }, text))));
  draw();
  const hasNeeds = found.effort.some((row) => row.asked_of === "its needs");
  return [h("p.hint", {}, P.scoresHint), h("div.tools", {}, pick("kind", P.what, P.kinds), segments.length > 1 && pick("segment", P.segment, Object.fromEntries(segments.map((name) => [name, name === EVERYBODY ? P.everybody : name])))), place,
    picture(view, "effort", { title: P.pictures.effort, says: P.pictures.effortSays, table: "effort" }), hasNeeds && picture(view, "effort-of-needs", { title: P.pictures.effortOfNeeds, says: P.pictures.effortOfNeedsSays, table: "effort" }),
    found.scores.some((row) => row.kind === "need") && picture(view, "opportunity-of-needs", { title: P.pictures.landscapeOfNeeds, says: "", table: "scores" })];
}

/** People who struggle alike, or that there are none to be told apart. */
export function segments(view) {
  const { found } = view;
  const { by, verdict, reason, sizes } = found.segments;
  const names = Object.keys(sizes);
  const question = by && view.questionnaire.questions.find((one) => one.id === by);
  const telling = found.segment_profiles.filter((row) => row.question !== by && row.p_value !== null && row.p_value <= TELLING && !(row.share_low <= row.share_of_everybody && row.share_of_everybody <= row.share_high));
  const says = by ? P.groupedBy(question?.text ?? by) : verdict === "segments" ? P.segmentsFoundSays(names.length) : P.noSegments;
  return [h("section", {}, h("h3", {}, words(says, "span")), !by && h("p.soft", {}, words(`${reason}.`, "span")),
    names.length > 0 && h("ul.segment-list", {}, names.map((name) => h("li.sheet", {}, h("h4", {}, words(name), h("span.soft", {}, ` · ${P.ofPeople(number(sizes[name]))}`)),
      telling.some((row) => row.segment === name) ? h("ul.plain-list", {}, telling.filter((row) => row.segment === name).map((row) => h("li", {}, words(row.text, "span"), " ", words(row.answer, "strong"), " ", h("span.soft", {}, P.profile(percent(row.share), percent(row.share_of_everybody)))))) : h("p.soft", {}, P.noProfile))))),
    names.length > 0 && struggleHeat(view, names),
    found.segments_tried.length > 0 && h("details", {}, h("summary", {}, P.tried), h("p.hint", {}, P.triedHint), namedTable(P.trialColumns.map((text, i) => (i ? { text, isNumber: true } : text)), found.segments_tried.map((row) => [number(row.n_segments), figureOf(row.stability), figureOf(row.clarity), figureOf(row.clarity_by_chance), percent(row.smallest)]), P.tried))];
}

function struggleHeat(view, names) {
  const { found } = view;
  const scored = new Map(found.scores.map((row) => [`${row.segment} ${row.subject}`, row]));
  return heatTable(view, "steps-by-segment", {
    title: P.pictures.bySegment, says: P.pictures.bySegmentSays, table: "steps_by_segment", columns: names.map((text) => ({ id: text, text })),
    steps: found.steps_by_segment.map(({ step }) => ({ step, ...pickOf(scored.get(`${EVERYBODY} ${step}`), ["wording", "stage"]) })),
    cell: ({ step }, { id }) => {
      const row = scored.get(`${id} ${step}`);
      return row.ces === null ? null : { share: row.ces, shows: shareCell(row, "ces", { withMark: false }), says: P.cellDifficult(percent(row.ces), row.n_difficulty) };
    },
    behind: ({ step }, { id }) => [h("p.hint", {}, P.answersOf(id)), answerCounts(found.ratings.filter((row) => row.segment === id && row.subject === step).map((row) => [T.aspects[row.aspect], row])), behind(view, step)],
  });
}

/** What people use today: what the team lists, how well it serves each step, who named it, and where to be different. */
export function solutions(view) {
  const { found } = view;
  const list = h("div.section-body", {}, h("p.soft", {}, T.loading));
  const named = (id) => new Set(found.mentioned.filter((row) => row.solution === id).map((row) => `${row.transcript} ${row.speaker}`)).size;
  const mentions = h("div", {});
  const fillMentions = (names) => show(mentions, found.mentions.length ? openingTable({
    name: P.mentions, rows: found.mentions,
    columns: [{ ...stepColumn(), cell: (row) => (row.wording ? words(row.wording, "span") : h("span", {}, P.atNoStep)) }, { text: P.columns.solution, key: (row) => row.solution, cell: (row) => words(names.get(row.solution) ?? row.solution) }, { text: P.columns.people, isNumber: true, isDown: true, key: (row) => row.n_participants, cell: (row) => row.n_participants }, { text: P.columns.mentions, isNumber: true, isDown: true, key: (row) => row.n_mentions, cell: (row) => row.n_mentions }],
    behind: (row) => placedQuotes(view, found.mentioned.filter((one) => one.solution === row.solution && one.step === row.step)),
  }) : h("p.soft", {}, P.noMentions));
  trying(async () => fillMentions(await solutionList(list, view.model, { mayChange: view.mayChange, mentionsOf: (id) => P.ofInterviewed(named(id), found.n_interviewed), onKept: () => view.again() })));
  return [found.steps_by_solution.length > 0 && [matrix(view)],
    found.n_respondents > 0 && different(view),
    h("section", {}, h("h3", {}, P.mentions), h("p.hint", {}, P.mentionsHint), mentions), found.mentions.some((row) => row.step) && mentionHeat(view),
    h("section", {}, h("h3", {}, T.solutions.title), h("p.hint", {}, T.solutions.hint), list)];
}

function matrix(view) {
  const { found } = view;
  const cells = new Map(found.steps_by_solution.map((row) => [`${row.step} ${row.solution}`, row]));
  const shown = (row) => h("span.serves", { "data-serves": row.serves }, h("span.chip", {}, P.serves[row.serves]), ` ${percent(row.satisfied)}`, h("small", {}, P.users(row.n_users, row.is_sure)), [["speed", P.fast], ["accuracy", P.accurate]].map(([aspect, says]) => row[aspect] !== null && h("small", {}, says(percent(row[aspect])))));
  return heatTable(view, "steps-by-solution", {
    title: P.matrix, says: P.matrixHint, table: "steps_by_solution", steps: [...new Map(found.steps_by_solution.map((row) => [row.step, row])).values()],
    columns: [...new Set(found.steps_by_solution.map((row) => row.solution))].map((text) => ({ id: found.solutions.find(({ name }) => name === text)?.id, text })),
    cell: ({ step }, { text }) => {
      const row = cells.get(`${step} ${text}`);
      return row.serves === null ? null : { share: row.satisfied, shows: shown(row), says: `${P.serves[row.serves]}, ${percent(row.satisfied)}, ${P.users(row.n_users, row.is_sure)}` };
    },
    behind: ({ step }, { id, text }) => [h("p.hint", {}, P.answersOfUsers(text)), answerCounts([[T.aspects.satisfaction, cells.get(`${step} ${text}`)]]), namingIt(view, step, id)],
  });
}

function mentionHeat(view) {
  const { found } = view;
  const counts = new Map(found.mentions.map((row) => [`${row.step} ${row.solution}`, row.n_participants]));
  const most = Math.max(...counts.values());
  const placed = found.mentions.filter((row) => row.step);
  return heatTable(view, "steps-by-mention", {
    title: P.pictures.byMention, says: P.pictures.byMentionSays, table: "mentions", steps: [...new Map(placed.map((row) => [row.step, row])).values()],
    columns: found.solutions.filter(({ id }) => placed.some((row) => row.solution === id)).map(({ id, name }) => ({ id, text: name })),
    cell: ({ step }, { id }) => {
      const n = counts.get(`${step} ${id}`);
      return n ? { share: n / most, shows: number(n), says: P.ofPeople(number(n)) } : null;
    },
    behind: ({ step }, { id }) => namingIt(view, step, id),
  });
}

/** What interviews say of a solution where they speak of a step. */
function namingIt(view, step, solution) {
  const rows = view.found.mentioned.filter((row) => row.step === step && row.solution === solution);
  return rows.length ? placedQuotes(view, rows) : h("p.soft", {}, P.nobodyNames);
}

function different(view) {
  const rows = view.found.differentiation;
  return h("section", {}, h("h3", {}, P.different), h("p.hint", {}, P.differentHint), rows.length ? openingTable({ name: P.different, classes: ".figures", rows, behind: (row) => behind(view, row.subject), columns: [stepColumn(),
    { text: P.columns.opportunity, isNumber: true, isDown: true, key: (row) => row.opportunity, cell: opportunityCell },
    { text: P.columns.sure, cell: (row) => (row.is_sure ? P.sure : P.notSure) },
    { text: P.columns.best, cell: (row) => (row.n_rated_solutions ? [words(row.best_solution), ` ${percent(row.best_satisfied)}`] : P.noneRated) }] }) : h("p.soft", {}, P.noDifferent));
}

/** Where the struggle lies by stage, what the source would say of the market, and what changed between surveys. */
export function stages(view) {
  const { found } = view;
  const rows = found.stages.map((row) => [h("span.stage-chip", { "data-stage": row.stage }, T.stages[row.stage]), number(row.n_steps), number(row.n_answers), shareCell(row, "ces"), percent(row.hardest), row.market ?? "–"]);
  const sure = found.changes.filter((row) => row.is_sure && row.kind === "step");
  return [found.maturity && h("blockquote.claim", {}, h("span.chip", {}, P.claim), " ", words(found.maturity.claim, "span")),
    picture(view, "effort-by-stage", { title: P.pictures.byStage, says: P.pictures.byStageSays, table: "stages" }),
    namedTable(P.stageColumns.map((text, i) => (i && i < 5 ? { text, isNumber: true } : text)), rows, P.parts.stages),
    found.stages_by_wave.length > 0 && [picture(view, "stages-by-wave", { title: P.pictures.stagesByWave, says: P.pictures.stagesByWaveSays, table: "stages_by_wave" }), stagesByWave(view)],
    h("section", {}, h("h3", {}, P.change), found.changes.length === 0 ? h("p.soft", {}, P.noEarlier) : [
      picture(view, "change", { title: P.pictures.change, says: P.pictures.changeSays, table: "changes" }),
      sure.length ? openingTable({ name: P.change, classes: ".figures", rows: sure, behind: (row) => behind(view, row.subject), columns: [stepColumn(), { text: P.columns.score, key: (row) => row.score, cell: (row) => P.columns[row.score] }, { text: P.columns.before, isNumber: true, cell: (row) => valueOf(row, row.before) }, { text: P.columns.after, isNumber: true, cell: (row) => valueOf(row, row.after) },
        { text: P.columns.change, isNumber: true, isDown: true, key: (row) => row.change, cell: (row) => [signed(row, row.change), h("small", {}, P.interval(signed(row, row.change_low), signed(row, row.change_high)))] }, { text: P.columns.waves, cell: (row) => words(`${row.from_wave} → ${row.to_wave}`, "span") }] }) : h("p.soft", {}, P.noChange)]),
    waveList(view)];
}

function stagesByWave(view) {
  const { found } = view;
  const waves = [...new Map(found.stages_by_wave.map((row) => [row.wave, row.day])).entries()];
  const at = new Map(found.stages_by_wave.map((row) => [`${row.stage} ${row.wave}`, row]));
  const steps = (stage) => found.roadmap.filter((row) => row.stage === stage);
  const columns = [{ text: P.columns.stage, cell: (row) => T.stages[row.stage] }, ...waves.map(([wave, day]) => ({ text: `${wave}, ${day}`, isNumber: true, isDown: true, key: (row) => at.get(`${row.stage} ${wave}`)?.ces ?? null, cell: (row) => (at.has(`${row.stage} ${wave}`) ? shareCell(at.get(`${row.stage} ${wave}`), "ces") : "–") }))];
  const ofStage = ({ stage }) => (steps(stage).length ? steps(stage).map((row) => h("details", {}, h("summary", {}, words(row.wording, "span"), ` · ${percent(row.ces)}`), behind(view, row.step))) : h("p.soft", {}, P.noStepAsked));
  return openingTable({ name: P.pictures.stagesByWave, classes: ".figures", rows: STAGES.map((stage) => ({ stage })), columns, behind: ofStage });
}

/** The most that people would pay, as they say it. */
export function pay(view) {
  const { found, questionnaire } = view;
  const asked = questionnaire.questions.find(({ part }) => part === "pay");
  const sum = (value) => (value === null ? "–" : number(value));
  const columns = [{ text: P.segment, cell: (row) => words(row.segment === EVERYBODY ? P.everybody : row.segment, "span") }, { text: P.columns.people, isNumber: true, cell: (row) => number(row.n) },
    { text: P.columns.median, isNumber: true, isDown: true, key: (row) => row.median, cell: (row) => (row.median === null ? P.tooFew : [sum(row.median), h("small", {}, P.interval(sum(row.median_low), sum(row.median_high)))]) },
    { text: P.columns.middleHalf, isNumber: true, cell: (row) => (row.median === null ? "–" : P.interval(sum(row.lower_quartile), sum(row.upper_quartile))) }, { text: P.columns.nothing, isNumber: true, cell: (row) => number(row.n_nothing) }];
  const sums = (row) => namedTable([{ text: P.columns.sum, isNumber: true }, { text: P.columns.people, isNumber: true }], found.pay_answers.filter((one) => one.segment === row.segment).map((one) => [sum(one.sum), number(one.n)]), P.answersGiven);
  return [h("p.hint", {}, P.payHint), h("blockquote", {}, words(asked.text, "span")), openingTable({ name: P.parts.pay, classes: ".figures", rows: found.pay, columns, behind: sums }),
    found.pay.some((row) => row.median !== null) && picture(view, "pay", { title: P.pictures.pay, says: P.pictures.paySays, table: "pay" })];
}

/** What interviews say: the only figures before a survey, and set beside it afterwards. */
export function heard(view) {
  const { found } = view;
  const columns = [stepColumn(), { text: P.columns.spoke, isNumber: true, isDown: true, key: (row) => row.n_speaking, cell: (row) => P.ofInterviewed(row.n_speaking, row.n_participants) },
    { text: P.columns.trouble, isNumber: true, isDown: true, key: (row) => row.n_struggling, cell: (row) => P.ofInterviewed(row.n_struggling, row.n_participants) },
    { text: P.columns.struggle, isNumber: true, isDown: true, key: (row) => row.struggle, cell: (row) => shareCell(row, "struggle") }];
  const { comparison } = found;
  return [h("p.lint", { role: "note" }, P.heardHint(found.n_interviewed)), comparison && h("p", {}, words(comparison.reading, "span"), comparison.correlation !== null && ` ${P.correlation(comparison)}`),
    openingTable({ name: P.parts.interviews, columns, rows: found.interview_signal, behind: (row) => behind(view, row.step), classes: ".figures" })];
}

/** Lines that speak to the struggle of a step, in customers' own words. */
export function ownWords(view) {
  const { messages } = view.found;
  const leads = [...new Map(messages.map((line) => [line.step, line.lead])).entries()];
  if (!leads.length) return h("p.soft", {}, P.noWordsYet);
  return [h("p.hint", {}, P.wordsHint), h("ul.message-list", {}, leads.map(([step, lead]) => h("li.sheet", {}, h("h3", {}, words(lead, "span")), ofMessage(view, step, messages.filter((line) => line.step === step)))))];
}

/** The words of a message, and what stands around them once that is here. */
function ofMessage(view, step, lines) {
  const place = h("div", {}, placedQuotes(view, lines));
  trying(async () => {
    const known = await view.model.quotesOf(view.found.quotes[step]?.struggle ?? []);
    const around = (line) => known.find((one) => one.transcript === line.transcript && one.turn === line.turn && one.quote === line.quote);
    show(place, placedQuotes(view, lines.map((line) => ({ ...line, ...around(line) }))));
  });
  return place;
}

/** What to look into before anybody invests. */
export function checks(view) {
  const { validation } = view.found;
  const keys = [...new Set(validation.map((row) => row.step ?? row.stage))];
  if (!keys.length) return h("p.soft", {}, P.nothingToCheck);
  return [h("p.hint", {}, P.checksHint), h("ul.check-list", {}, keys.map((key) => {
    const rows = validation.filter((row) => (row.step ?? row.stage) === key);
    const [first] = rows;
    return h("li.sheet", { "data-stage": first.stage }, h("h3", {}, h("span.stage-chip", {}, T.stages[first.stage]), " ", first.step ? h("a", { href: to(["studies", view.model.id, "board"], { open: first.step }) }, words(first.wording)) : P.wholeStage),
      h("ul.plain-list", {}, rows.map((row) => h("li", {}, h("span.chip", {}, P.next[row.next] ?? row.next), " ", words(sentence(row.reason), "span"), row.ask && [" ", words(row.ask, "q")]))));
  }))];
}

function stepColumn() {
  return { text: P.columns.step, key: (row) => STAGES.indexOf(row.stage), before: (row) => row.stage && (row.kind ?? "step") === "step" && h("span.stage-chip", {}, T.stages[row.stage]), cell: (row) => words(row.wording, "span") };
}

function method() {
  return h("details", {}, h("summary", {}, P.method), h("ul.report-needs", {}, P.methodSays.map((text) => h("li", {}, text))));
}

function pickOf(row, names) {
  return Object.fromEntries(names.map((name) => [name, row?.[name] ?? null]));
}

function figureOf(value) {
  return value === null ? "–" : value.toFixed(2);
}

function valueOf(row, value) {
  return row.score === "opportunity" ? figureOf(value) : percent(value);
}

function signed(row, value) {
  const text = row.score === "opportunity" ? Math.abs(value).toFixed(1) : `${Math.round(100 * Math.abs(value))}`;
  return `${value < 0 ? "−" : "+"}${text}`;
}

function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
