// Signing in, and choosing a password by a one-time link.

import { get, post } from "../api.js";
import { h, show } from "../dom.js";
import { faultText, trying } from "../notices.js";
import { place } from "../router.js";
import { T } from "../strings.js";
import { labelled } from "./fields.js";

const N_PASSWORD = 10;

/** Ask for name and password, or show the way by another provider; `done(session)` once they are right. */
export function signIn(root, done) {
  const others = h("div.other-ways", {});
  const name = h("input", { id: "name", autocomplete: "username", required: true });
  const password = h("input", { id: "password", type: "password", autocomplete: "current-password", required: true });
  form(root, T.signIn, [labelled("name", T.name, name), labelled("password", T.password, password)], async () => done(await post("/session", { name: name.value.trim(), password: password.value }, { quiet: true })), T.signInHint, others);
  name.focus();
  trying(async () => {
    const { has_owner: hasOwner, provider } = await get("/sign-in");
    show(others, provider && h("a.button", { href: provider.url }, T.signInWith(provider.name)), !hasOwner && h("p", {}, T.noOwner));
  });
}

/** Choose a password by a one-time link; `done(session)` afterwards. */
export function setUp(root, link, done) {
  const isFirst = place().query.get("as") === null;
  const name = h("input", { id: "name", autocomplete: "username" });
  const password = h("input", { id: "password", type: "password", autocomplete: "new-password", required: true, minlength: N_PASSWORD });
  const again = h("input", { id: "again", type: "password", autocomplete: "new-password", required: true });
  form(root, T.setUp, [
    isFirst && labelled("name", T.yourName, name, T.yourNameHint),
    labelled("password", T.newPassword, password, T.passwordHint(N_PASSWORD)),
    labelled("again", T.passwordAgain, again),
  ], async () => {
    if (password.value !== again.value) throw Object.assign(new Error(T.passwordsDiffer), { name: "Refused" });
    done(await post("/setup", { link, password: password.value, ...(name.value.trim() && { name: name.value.trim() }) }, { quiet: true }));
  }, T.setUpHint);
  (isFirst ? name : password).focus();
}

function form(root, title, fields, send, hint, below) {
  const fault = h("p.fault", { role: "alert" });
  const button = h("button.main", { type: "submit" }, title);
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    fault.textContent = "";
    try {
      await send();
    } catch (error) {
      fault.textContent = faultText(error);
    } finally {
      button.disabled = false;
    }
  };
  show(root, h("form.sign-in", { on: { submit } }, h("span.brand-mark.large", { "aria-hidden": "true" }), h("h1", {}, title), h("p.soft", {}, hint), fields, fault, button, below));
}
