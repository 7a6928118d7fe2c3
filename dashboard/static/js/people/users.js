// The list of users: role, what they see, when they were last here; and below it the groups.

import { fill } from "../attempts.js";
import { showGroups } from "./groups.js";
import { offerKeys } from "../keys.js";
import { byId, say, stamp } from "../page.js";
import { listGroups, listSites, listUsers, namesOf, saySees } from "./people.js";
import { sayMoment, sayRole } from "../wording.js";
import { n, t } from "../words.js";

/**
 * @typedef {import("./people.js").User} User
 * @typedef {import("./people.js").Group} Group
 * @typedef {import("./people.js").Site} Site
 */

const NOW_MS = 3 * 60_000;
/** From so many on, a field finds people. */
const MANY = 9;
const own = document.querySelector(".bar-user .bar-word")?.textContent ?? "";

async function refresh() {
  const [users, groups, sites] = await Promise.all([listUsers(), listGroups(), listSites()]);
  byId("users").replaceChildren(...users.map((user) => rowOf(user, groups, sites)));
  byId("users-card").hidden = false;
  byId("filter-place").hidden = users.length < MANY;
  narrow();
  say(byId("users-summary"), sayHowMany(users));
  showGroups(groups, users, sites, refresh);
}

/** @param {User[]} users */
function sayHowMany(users) {
  const admins = users.filter((user) => user.role === "admin").length;
  return [
    n("{n} person", "{n} people", users.length),
    n("{n} administrator", "{n} administrators", admins),
  ].join(" · ");
}

/** @param {User} user @param {Group[]} groups @param {Site[]} sites */
function rowOf(user, groups, sites) {
  const { root, part } = stamp("user-row");
  const link = /** @type {HTMLAnchorElement} */ (part("name"));
  link.href = `/users/${user.id}`;
  say(link, user.name);
  part("you").hidden = user.name !== own;
  say(part("role"), sayRole(user.role));
  const shared = groups.filter((group) => user.group_ids.includes(group.id)).flatMap((group) => group.site_ids);
  const sees = saySees(user.is_limited, namesOf(sites, [...user.site_ids, ...shared]));
  say(part("sees"), sees);
  root.dataset.words = [user.name, sayRole(user.role), sees].join(" ").toLowerCase();
  part("faces").hidden = !user.may_see_faces;
  say(part("seen"), saySeen(user));
  part("sessions").hidden = user.sessions < 2;
  say(part("sessions"), t("in {n} browsers", { n: user.sessions }));
  return root;
}

/** @param {User} user */
function saySeen(user) {
  if (user.seen_at === null) return user.has_password ? t("Never yet") : t("Has not chosen a password yet");
  const seen = new Date(user.seen_at);
  if (user.sessions && Date.now() - seen.getTime() < NOW_MS) return t("Now");
  return sayMoment(seen);
}

/** Leave those whose name, role or sites say what was typed. */
function narrow() {
  const wanted = /** @type {HTMLInputElement} */ (byId("filter")).value.trim().toLowerCase();
  for (const row of /** @type {HTMLElement[]} */ ([...byId("users").children])) {
    row.hidden = !row.dataset.words?.includes(wanted);
  }
}

byId("filter").addEventListener("input", narrow);
offerKeys(t("On this page"), [{ keys: ["n"], words: t("Add a user"), act: () => location.assign("/users/new") }]);
fill(byId("users-summary"), refresh);
