// The audit: changes, newest first, filtered; the filters stand in the address.

import { ask, Problem } from "./api.js";
import { changeRow, changesOf, isTelling } from "./audit-changes.js";
import { ACTIONS, sayAction, sayFrom, saySubject } from "./audit-words.js";
import { dayBegin, dayOf, nameDay, shiftDays } from "./days.js";
import { offerKeys } from "./keys.js";
import { toast } from "./messages.js";
import { byId, make, say, stamp } from "./page.js";
import { listGroups, listSites, listUsers } from "./people.js";
import { LOCALE, n, t } from "./words.js";

const ROWS = 50;
const SHOWN_AT_ONCE = 4;
const DAY_MS = 86_400_000;
const USUAL_DAYS = "7";
const DAY = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full" });
const CLOCK = new Intl.DateTimeFormat(LOCALE, { timeStyle: "short" });
const EXACT = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full", timeStyle: "long" });

/**
 * @typedef {{ id: number, at: string, actor: string, actor_kind: string, address: string, action: string, subject: string,
 *   before: Record<string, any> | null, after: Record<string, any> | null }} Entry
 */

const form = /** @type {HTMLFormElement} */ (byId("filters"));
const more = /** @type {HTMLButtonElement} */ (byId("load-more"));
/** @type {string | null} */
let cursor = null;
/** Counts the questions asked, so that a late answer to an old one is let go. */
let asked = 0;
let now = new Date();
/** @type {import("./audit-changes.js").Names} */
let names = {};

/** @param {string} name */
function choice(name) {
  return String(new FormData(form).get(name) ?? "").trim();
}

function query() {
  const parameters = new URLSearchParams(bounds());
  for (const name of ["actor", "action", "subject"]) if (choice(name)) parameters.set(name, choice(name));
  return parameters;
}

/** @returns {{ from: string, to: string }} */
function bounds() {
  const days = choice("days");
  if (days === "dates") return datesChosen();
  const from = days === "all" ? new Date(Date.UTC(2000, 0, 1)) : new Date(now.getTime() - Number(days) * DAY_MS);
  return { from: from.toISOString(), to: now.toISOString() };
}

/** Whole days of the viewer's zone, whichever of the two comes first. */
function datesChosen() {
  const days = [dayOf(choice("since")) ?? now, dayOf(choice("until")) ?? now];
  const [first, last] = days.sort((one, other) => one.getTime() - other.getTime());
  return { from: dayBegin(first).toISOString(), to: shiftDays(dayBegin(last), 1).toISOString() };
}

/** Begin the choice of days with the usual ones. */
function offerDates() {
  const isWanted = choice("days") === "dates";
  byId("dates").hidden = !isWanted;
  if (!isWanted || choice("since") || choice("until")) return;
  field("since").value = nameDay(shiftDays(now, 1 - Number(USUAL_DAYS)));
  field("until").value = nameDay(now);
}

/** Show the first page of what the filters ask for. */
async function restart() {
  cursor = null;
  now = new Date(Date.now() + 1000);
  offerDates();
  /** @type {HTMLAnchorElement} */ (byId("save-csv")).href = `/api/v1/audit.csv?${query()}`;
  await showPage(true);
}

/** @param {boolean} isFirst whether it replaces what is shown */
async function showPage(isFirst) {
  const question = (asked += 1);
  more.disabled = true;
  try {
    const parameters = query();
    parameters.set("limit", String(ROWS));
    if (cursor) parameters.set("cursor", cursor);
    /** @type {Page<Entry>} */
    const page = await ask(`audit?${parameters}`);
    if (question !== asked) return;
    cursor = page.next_cursor;
    if (isFirst) byId("days-found").replaceChildren();
    byId("audit-loading").hidden = true;
    page.items.forEach(append);
    showExtent();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    toast(error.message);
    byId("audit-loading").hidden = !isFirst;
    say(byId("audit-loading"), error.message);
  } finally {
    more.disabled = false;
  }
}

/** @param {Entry} entry put under the day on which it was made */
function append(entry) {
  const at = new Date(entry.at);
  const key = at.toDateString();
  const last = /** @type {HTMLElement | null} */ (byId("days-found").lastElementChild);
  if (last?.dataset.day === key) return last.querySelector("ol")?.append(entryOf(entry, at));
  const { root, part } = stamp("audit-day");
  root.dataset.day = key;
  say(part("day"), DAY.format(at));
  part("changes").append(entryOf(entry, at));
  byId("days-found").append(root);
}

/** @param {Entry} entry @param {Date} at */
function entryOf(entry, at) {
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
  filterOn(part("actor"), "actor", entry.actor, t("Only by {name}", { name: entry.actor }));
  filterOn(part("subject"), "subject", subjectKey(entry.subject), t("Only about {name}", { name: subject }));
  showChanges(part, entry, subject);
  return root;
}

/**
 * What was changed stands field under field; what came or went, in a line.
 * @param {ReturnType<typeof stamp>["part"]} part @param {Entry} entry @param {string} subject
 */
function showChanges(part, entry, subject) {
  const changes = changesOf(entry.before, entry.after);
  const isOneSided = entry.before === null || entry.after === null;
  const told = isOneSided ? changes.filter((change) => isTelling(change, subject)) : changes;
  const rows = told.map((change) => changeRow(change, names));
  for (const name of ["changes", "rest"]) part(name).classList.toggle("is-line", isOneSided);
  const most = isOneSided ? 2 * SHOWN_AT_ONCE : SHOWN_AT_ONCE;
  part("changes").append(...rows.splice(0, rows.length > most + 1 ? most : rows.length));
  part("more").hidden = rows.length === 0;
  say(part("more-word"), n("{n} more field", "{n} more fields", rows.length));
  part("rest").append(...rows);
}

/** @param {HTMLElement} button @param {string} name of the filter @param {string} value @param {string} words */
function filterOn(button, name, value, words) {
  button.title = words;
  button.addEventListener("click", () => {
    field(name).value = value;
    writeAddress();
    void restart();
    field(name).focus();
  });
}

/** What all lines about the same thing hold: its number, as names change. @param {string} subject */
function subjectKey(subject) {
  return /^\w+ \d+ "/.exec(subject)?.[0] ?? subject;
}

function showExtent() {
  const count = document.querySelectorAll(".audit-entry").length;
  byId("no-changes").hidden = count > 0;
  more.hidden = cursor === null;
  say(byId("audit-status"), n("{n} change shown", "{n} changes shown", count));
  const isFiltered = ["actor", "action", "subject"].some((name) => choice(name) !== "");
  say(byId("no-changes-words"), isFiltered
    ? t("Nothing that these filters let through was changed in this time.")
    : t("Nothing was changed in this time."));
}

/** @param {string} name @returns {HTMLInputElement | HTMLSelectElement} */
function field(name) {
  return /** @type {HTMLInputElement} */ (byId(name));
}

const FILTERS = ["action", "subject", "actor", "days", "since", "until"];

function readAddress() {
  const parameters = new URLSearchParams(location.search);
  for (const name of FILTERS) field(name).value = parameters.get(name) ?? "";
  if (!field("days").value) field("days").value = parameters.has("since") ? "dates" : USUAL_DAYS;
}

function writeAddress() {
  const parameters = new URLSearchParams();
  for (const name of FILTERS) {
    const isDate = name === "since" || name === "until";
    if (isDate && choice("days") !== "dates") continue;
    if (choice(name) && !(name === "days" && choice(name) === USUAL_DAYS)) parameters.set(name, choice(name));
  }
  const search = parameters.toString();
  history.replaceState(null, "", search ? `?${search}` : location.pathname);
}

function offerActions() {
  field("action").append(...Object.entries(ACTIONS).map(([heading, actions]) => {
    const group = document.createElement("optgroup");
    group.label = heading;
    group.append(...Object.entries(actions).map(([action, words]) => new Option(words, action)));
    return group;
  }));
}

/** Names stand where the audit has ids; whatever was removed since stays a number. */
async function readNames() {
  const [users, groups, sites] = await Promise.all([listUsers(), listGroups(), listSites()]);
  /** @param {{ id: number, name: string }[]} all */
  const byNumber = (all) => new Map(all.map((one) => [one.id, one.name]));
  names = { site_ids: byNumber(sites), group_ids: byNumber(groups), user_ids: byNumber(users) };
  byId("actors").append(...users.map((user) => {
    const option = make("option");
    option.setAttribute("value", user.name);
    return option;
  }));
}

function clear() {
  for (const name of FILTERS) field(name).value = "";
  field("days").value = "all";
  writeAddress();
  void restart();
}

async function start() {
  offerActions();
  readAddress();
  await readNames().catch(() => null);
  await restart();
}

offerKeys(t("On this page"), [
  { keys: ["/"], words: t("Filter by what was changed"), act: () => field("subject").focus() },
  { keys: ["x"], words: t("Show everything"), act: clear },
]);
form.addEventListener("change", () => {
  offerDates();
  writeAddress();
  void restart();
});
form.addEventListener("submit", (event) => event.preventDefault());
byId("clear-filters").addEventListener("click", clear);
more.addEventListener("click", () => void showPage(false));
new IntersectionObserver(([seen]) => {
  if (seen.isIntersecting && !more.hidden && !more.disabled) void showPage(false);
}, { rootMargin: "600px" }).observe(more);
void start();
