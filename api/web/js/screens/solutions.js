// What people use today: products, brands and workarounds, as the team lists them. Surveys offer them as answers.

import { get, listOf } from "../api.js";
import { h, show } from "../dom.js";
import { tell, trying } from "../notices.js";
import { T } from "../strings.js";
import { choiceField, shownWords, teamList, wordField } from "./team_list.js";

/**
 * Mount the list of solutions into `root`.
 * @param {object} options - `mayChange`; `onKept()` after it was changed; `mentionsOf(solutionId)` what interviews say.
 * @returns {Promise<Map<string, string>>} names by id.
 */
export async function solutionList(root, model, { mayChange, onKept, mentionsOf = null }) {
  const path = `/studies/${model.id}/solutions`;
  const kept = await get(path);
  const columns = [
    { head: T.solutions.name, show: (row) => shownWords(row.name), field: (row, changed, name) => wordField(row, "name", changed, name) },
    { head: T.solutions.kind, show: (row) => T.solutions.kinds[row.kind], field: (row, changed, name) => choiceField(row, "kind", T.solutions.kinds, changed, name) },
    { head: T.solutions.aliases, show: (row) => shownWords(row.alsoSaid), field: (row, changed, name) => wordField(row, "alsoSaid", changed, name, { placeholder: T.solutions.aliasesHint }) },
  ];
  if (mentionsOf) columns.push({ head: T.solutions.mentioned, show: (row) => mentionsOf(row.id) });
  const suggest = (view) => h("button", { type: "button", on: { click: () => trying(async () => {
    const known = new Set(view.rows.map((row) => row.name.trim().toLowerCase()));
    const found = listOf(await get(`${path}/suggested`), "solutions").filter((one) => !known.has(one.name.toLowerCase())).map(withAliases);
    if (found.length) view.add(found);
    tell(T.solutions.suggested(found.length));
  }) } }, T.solutions.suggest);
  teamList(show(root), {
    path, key: "solutions", kept, name: T.solutions.title, columns, mayChange, onKept, empty: mayChange ? T.solutions.none : T.solutions.noneYet, ways: suggest,
    nameOf: (row) => row.name || T.solutions.fresh, fresh: () => ({ id: "", name: "", kind: "product", alsoSaid: "" }), toRow: withAliases,
    toPlain: ({ id, name, kind, alsoSaid }) => ({ id, name, kind, aliases: alsoSaid.split(",").map((word) => word.trim()).filter(Boolean) }),
  });
  return new Map(listOf(kept, "solutions").map((row) => [row.id, row.name]));
}

function withAliases(row) {
  return { ...row, alsoSaid: row.aliases.join(", ") };
}
