// The account of who is signed in: how they want pages, a new password, their sessions.

import { ask, patch, post, remove } from "../api.js";
import { attempt, onSubmit } from "../attempts.js";
import { nameBrowser } from "./browsers.js";
import { focusField, showFieldError } from "../fields.js";
import { toast } from "../messages.js";
import { byId, say, stamp } from "../page.js";
import { sayMoment, sayRole } from "../wording.js";
import { t } from "../words.js";

/**
 * @typedef {{ name: string, role: string, is_limited: boolean }} Account
 * @typedef {{ id: number, browser: string, address: string, seen_at: string, is_current: boolean }} Session
 */

const form = /** @type {HTMLFormElement} */ (byId("password-form"));
const endOthers = byId("end-others");

async function showAccount() {
  /** @type {Account} */
  const account = await ask("account");
  const facts = { name: account.name, role: sayRole(account.role) };
  say(byId("account-summary"), account.is_limited
    ? t("Signed in as {name}, {role}, for the cameras of your sites", facts)
    : t("Signed in as {name}, {role}", facts));
}

async function showSessions() {
  /** @type {Session[]} */
  const sessions = (await ask("account/sessions")).items;
  byId("session-list").replaceChildren(...sessions.map(sessionRow));
  endOthers.hidden = sessions.length < 2;
}

/** @param {Session} session */
function sessionRow(session) {
  const { root, part } = stamp("session-row");
  const used = session.is_current ? t("This browser") : t("Last used {when}", { when: sayMoment(new Date(session.seen_at)) });
  const browser = nameBrowser(session.browser);
  say(part("browser"), browser);
  say(part("seen"), session.address ? `${used} · ${session.address}` : used);
  part("end").hidden = session.is_current;
  part("end").setAttribute("aria-label", t("Sign out: {browser}", { browser }));
  part("end").addEventListener("click", () => attempt(() => endSession(session)));
  return root;
}

/** @param {Session} session */
async function endSession(session) {
  await remove(`account/sessions/${session.id}`);
  toast(t("{browser} is signed out", { browser: nameBrowser(session.browser) }));
  await showSessions();
}

async function endAllOthers() {
  await remove("account/sessions");
  toast(t("You are signed out everywhere else"));
  await showSessions();
}

async function changePassword() {
  const { old_password, new_password, password_again } = Object.fromEntries(new FormData(form));
  if (new_password !== password_again) {
    showFieldError(form, "password_again", t("The two passwords are not the same."));
    return focusField(form, "password_again");
  }
  await post("account/password", { old_password, new_password });
  form.reset();
  toast(t("Your password is changed"));
  await showSessions();
}

/** A choice counts at once; another language needs the page anew. @param {Event} event */
async function choose({ target }) {
  const { name, value } = /** @type {HTMLInputElement} */ (target);
  await patch("account", { [name]: value || null });
  if (name === "language") return location.reload();
  if (value) document.documentElement.dataset.theme = value;
  else delete document.documentElement.dataset.theme;
  dispatchEvent(new Event("themechange"));
}

onSubmit(form, changePassword);
byId("appearance").addEventListener("change", (event) => attempt(() => choose(event)));
endOthers.addEventListener("click", () => attempt(endAllOthers));
attempt(showAccount);
attempt(showSessions);
