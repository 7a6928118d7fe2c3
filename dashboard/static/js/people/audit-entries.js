// One change on the audit's page: when, by whom, what, and what stood there before and after.

import { changeRow, changesOf, isTelling } from "./audit-changes.js";
import { choose } from "./audit-filters.js";
import { sayAction, sayFrom, saySubject } from "./audit-words.js";
import { byId, say, stamp } from "../page.js";
import { LOCALE, n, t } from "../words.js";

const SHOWN_AT_ONCE = 4;
const DAY = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full" });
const CLOCK = new Intl.DateTimeFormat(LOCALE, { timeStyle: "short" });
const EXACT = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full", timeStyle: "long" });

/**
 * @typedef {{ id: number, at: string, actor: string, actor_kind: string, address: string, action: string, subject: string,
 *   before: Record<string, any> | null, after: Record<string, any> | null }} Entry
 * @typedef {import("./audit-changes.js").Names} Names
 */

/**
 * Put a change under the day on which it was made, below those that are there.
 * @param {Entry} entry @param {Names} names
 */
export function appendEntry(entry, names) {
  const at = new Date(entry.at);
  const key = at.toDateString();
  const last = /** @type {HTMLElement | null} */ (byId("days-found").lastElementChild);
  if (last?.dataset.day === key) return last.querySelector("ol")?.append(entryOf(entry, at, names));
  const { root, part } = stamp("audit-day");
  root.dataset.day = key;
  say(part("day"), DAY.format(at));
  part("changes").append(entryOf(entry, at, names));
  byId("days-found").append(root);
}

/** @param {Entry} entry @param {Date} at @param {Names} names */
function entryOf(entry, at, names) {
  const { root, part } = stamp("audit-entry");
  part("time").setAttribute("datetime", entry.at);
  part("time").title = EXACT.format(at);
  say(part("time"), CLOCK.format(at));
  say(part("actor"), entry.actor);
  say(part("from"), sayFrom(entry.actor_kind, entry.address));
  say(part("action"), sayAction(entry.action));
  const subject = saySubject(entry.subject);
  say(part("subject"), subject);
  part("subject").hidden = [entry.actor, "preferences", "audit"].includes(subject);
  part("actor").title = t("Only by {name}", { name: entry.actor });
  part("actor").addEventListener("click", () => choose("actor", entry.actor));
  part("subject").title = t("Only about {name}", { name: subject });
  part("subject").addEventListener("click", () => choose("subject", subjectKey(entry.subject)));
  showChanges(part, entry, names);
  return root;
}

/**
 * What was changed stands field under field; what came or went, in a line.
 * @param {ReturnType<typeof stamp>["part"]} part @param {Entry} entry @param {Names} names
 */
function showChanges(part, entry, names) {
  const changes = changesOf(entry.before, entry.after);
  const isOneSided = entry.before === null || entry.after === null;
  const told = isOneSided ? changes.filter((change) => isTelling(change, saySubject(entry.subject))) : changes;
  const rows = told.map((change) => changeRow(change, names));
  for (const name of ["changes", "rest"]) part(name).classList.toggle("is-line", isOneSided);
  const most = isOneSided ? 2 * SHOWN_AT_ONCE : SHOWN_AT_ONCE;
  part("changes").append(...rows.splice(0, rows.length > most + 1 ? most : rows.length));
  part("more").hidden = rows.length === 0;
  say(part("more-word"), n("{n} more field", "{n} more fields", rows.length));
  part("rest").append(...rows);
}

/** What all lines about the same thing hold: its number, as names change. @param {string} subject */
function subjectKey(subject) {
  return /^\w+ \d+ "/.exec(subject)?.[0] ?? subject;
}
