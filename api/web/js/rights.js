// What somebody may do in a study, so that a screen offers nothing that the server would refuse.

import { get } from "./api.js";

/**
 * Whether the person may do a kind of act.
 * @param {object} model - the study in view.
 * @param {string} act - as the API names it: "read", "export", "review", "analyse", "manage", "own".
 */
export async function may(model, act) {
  // A study that was made after signing in is not in the session yet.
  if (!model.session.roles[model.id]) Object.assign(model.session, await get("/session"));
  return model.session.roles[model.id]?.includes(act) ?? false;
}
