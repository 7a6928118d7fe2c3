// One user: what they may do, their password link, where they are signed in, removing them.

import { ask, patch, post, remove } from "../api.js";
import { attempt, onSubmit } from "../attempts.js";
import { nameBrowser } from "./browsers.js";
import { offerChoices, tickedIn } from "./choices.js";
import { isLimitedIn, limitsIn, offerLimits } from "./limits.js";
import { question, toast } from "../messages.js";
import { byId, say, stamp } from "../page.js";
import { listGroups, listSites, namesOf } from "./people.js";
import { showSecret } from "./secret-box.js";
import { sayClock, sayDay, sayMoment, sayRole } from "../wording.js";
import { t } from "../words.js";

/**
 * @typedef {import("./people.js").User} User
 * @typedef {import("./people.js").Session} Session
 */

const form = /** @type {HTMLFormElement} */ (byId("user-form"));
const userId = byId("user-page").dataset.userId ?? "";

async function start() {
  /** @type {[User | null, Awaited<ReturnType<typeof listSites>>, Awaited<ReturnType<typeof listGroups>>]} */
  const [user, sites, groups] = await Promise.all([userId ? ask(`users/${userId}`) : null, listSites(), listGroups()]);
  offerChoices(byId("groups"), "group_ids", groups.map(({ id, name, site_ids }) => (
    { id, name, words: namesOf(sites, site_ids).join(", ") }
  )), user?.group_ids);
  setRole(user?.role ?? "viewer");
  if (user) field("may_see_faces").checked = user.may_see_faces;
  offerLimits(form, sites, user ?? undefined, () => {
    byId("groups-choice").hidden = !isLimitedIn(form) || groups.length === 0;
  });
  if (user) await showUser(user);
}

/** @param {User} user */
async function showUser(user) {
  say(byId("user-summary"), sayRole(user.role));
  say(byId("password-state"), user.has_password
    ? t("Forgotten? Hand them a link; the old password works until they have chosen a new one.")
    : t("Not chosen yet: nobody can sign in by this name before."));
  await showSessions();
}

async function showSessions() {
  /** @type {Session[]} */
  const sessions = (await ask(`users/${userId}/sessions`)).items;
  byId("sessions").replaceChildren(...sessions.map((session) => {
    const { root, part } = stamp("session-line");
    say(part("browser"), nameBrowser(session.browser));
    const used = t("last used {when}", { when: sayMoment(new Date(session.seen_at)) });
    say(part("used"), [used, session.address].filter(Boolean).join(" · "));
    return root;
  }));
  byId("no-sessions").hidden = sessions.length > 0;
  byId("end-sessions").hidden = sessions.every((session) => session.is_current);
}

/** What the form says, as the API takes it. */
function asked() {
  const data = new FormData(form);
  return {
    role: String(data.get("role")),
    may_see_faces: data.has("may_see_faces"),
    group_ids: tickedIn(form, "group_ids"),
    ...limitsIn(form),
  };
}

async function save() {
  if (!userId) return add();
  /** @type {User} */
  const user = await patch(`users/${userId}`, asked());
  toast(t("{name} is saved; it counts from their next click on", { name: user.name }));
  await showUser(user);
}

async function add() {
  const name = String(new FormData(form).get("name")).trim();
  /** @type {User} */
  const user = await post("users", { name, ...asked() });
  byId("user-columns").hidden = true;
  byId("done").hidden = false;
  say(byId("done-title"), t("{name} is added", { name: user.name }));
  await attempt(() => makeLink(user.id, byId("done-place")));
}

/** @param {number | string} id @param {HTMLElement} place */
async function makeLink(id, place) {
  /** @type {{ path: string, expires_at: string }} */
  const link = await post(`users/${id}/password-link`, {});
  const until = new Date(link.expires_at);
  showSecret(place, {
    label: t("Link to choose a password"),
    text: new URL(link.path, location.href).href,
    words: t("Hand it to them alone. It is shown this once, works once, until {when}.", { when: `${sayDay(until)}, ${sayClock(until)}` }),
  });
}

async function endSessions() {
  await remove(`users/${userId}/sessions`);
  toast(t("Signed out everywhere"));
  await showSessions();
}

async function askAndRemove() {
  const typed = /** @type {HTMLInputElement} */ (byId("typed-name"));
  typed.value = "";
  /** @type {HTMLButtonElement} */ (byId("remove-now")).disabled = true;
  if (await question("remove-dialog") !== "remove") return;
  await remove(`users/${userId}`);
  location.assign("/users");
}

/** @param {string} role */
function setRole(role) {
  /** @type {HTMLInputElement} */ (form.querySelector(`[name=role][value="${role}"]`)).checked = true;
}

/** @param {string} name */
function field(name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}

onSubmit(form, save);
if (userId) {
  byId("make-link").addEventListener("click", () => attempt(async () => {
    await makeLink(userId, byId("link-place"));
    byId("make-link").hidden = true;
  }));
  byId("end-sessions").addEventListener("click", () => attempt(endSessions));
  document.getElementById("remove")?.addEventListener("click", () => attempt(askAndRemove));
  byId("typed-name").addEventListener("input", ({ target }) => {
    const { value, dataset } = /** @type {HTMLInputElement} */ (target);
    /** @type {HTMLButtonElement} */ (byId("remove-now")).disabled = value.trim() !== dataset.expected;
  });
}
attempt(start);
