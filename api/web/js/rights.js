// What somebody may do in a study, so that a screen offers nothing that the server would refuse.

import { get } from "./api.js";
import { tell } from "./notices.js";
import { T } from "./strings.js";

/** Learn what the person may do in a study that was made, or opened to them, after they signed in. */
export async function learnRights(session, study) {
  if (!session.roles[study]) Object.assign(session, await get("/session"));
}

/**
 * Whether the person may do a kind of act.
 * @param {object} model - the study in view, once it is loaded.
 * @param {string} act - as the API names it: "read", "export", "review", "analyse", "manage", "own".
 */
export function may(model, act) {
  return model.session.roles[model.id]?.includes(act) ?? false;
}

/** Keys that decide something: to who may only read they say so instead, and then they are not in the help. */
export function deciding(model, keys) {
  if (may(model, "review")) return keys;
  return keys.map((key) => ({ ...key, does: () => tell(T.readOnly), quietly: true }));
}
