// The list of jobs: how far each is, cancelling, and older ones; the filters stand in the address.

import { ask } from "../api.js";
import { nameCameras } from "./camera-names.js";
import { follow } from "./follow.js";
import { askAndCancel } from "./job-cancel.js";
import { hasEnded, KINDS, sayAbout, sayDuration, sayKind, sayMessage, sayRemaining, showMeter, showState, STATES } from "../job-words.js";
import { attempt } from "../attempts.js";
import { byId, icon, make, partsOf, say, stamp } from "../page.js";
import { startVideoDialog } from "./video-upload.js";
import { showMoment } from "../wording.js";
import { n, t } from "../words.js";

const ROWS = 25;
const BUSY_MS = 2000;
const CALM_MS = 10_000;

/** @typedef {{ root: HTMLElement, part: ReturnType<typeof partsOf>, job: Job }} Row */

const form = byId("filters");
const list = byId("job-list");
const more = /** @type {HTMLButtonElement} */ (byId("load-more"));
const selects = /** @type {HTMLSelectElement[]} */ ([byId("kind"), byId("state")]);
const naming = nameCameras();
/** @type {(id: number) => string} */
let nameOf = String;
/** @type {Map<string, Row>} */
const rows = new Map();
/** Of the page after the last one shown; undefined until the first is there. @type {string | null | undefined} */
let cursor;
/** Counts changes of the filters, so that a late answer to an old one is let go. */
let asked = 0;

/** @param {string | null} [after] the cursor of the page before @returns {Promise<Page<Job>>} */
function askPage(after = null) {
  const parameters = new URLSearchParams({ limit: String(ROWS) });
  for (const select of selects) if (select.value) parameters.set(select.name, select.value);
  if (after) parameters.set("cursor", after);
  return ask(`jobs?${parameters}`);
}

/** Bring the newest jobs up to date; says when to look again. */
async function refresh() {
  const question = asked;
  nameOf = await naming;
  const page = await askPage();
  if (question !== asked) return 0;
  if (cursor === undefined) cursor = page.next_cursor;
  showNewest(page.items);
  await refreshOlder(new Set(page.items.map((job) => job.id)));
  showExtent();
  return [...rows.values()].some(({ job }) => !hasEnded(job)) ? BUSY_MS : CALM_MS;
}

/** Put the newest at the top, in their order; a row that is there is kept. @param {Job[]} jobs */
function showNewest(jobs) {
  jobs.map(show).forEach(({ root }, index) => {
    if (list.children[index] !== root) list.insertBefore(root, list.children[index] ?? null);
  });
}

/** Ask for those that still run further down, and for what the filters let through no more. @param {Set<string>} known */
async function refreshOlder(known) {
  const others = [...rows.values()].filter(({ job }) => !hasEnded(job) && !known.has(job.id));
  for (const { job, root } of others) {
    const now = /** @type {Job} */ (await ask(`jobs/${job.id}`));
    const state = selects[1].value;
    if (!state || now.state === state) show(now);
    else {
      rows.delete(job.id);
      root.remove();
    }
  }
}

async function showOlder() {
  const page = await askPage(cursor);
  cursor = page.next_cursor;
  list.append(...page.items.map((job) => show(job).root));
  showExtent();
}

function showExtent() {
  const jobs = [...rows.values()].map(({ job }) => job);
  list.hidden = jobs.length === 0;
  more.hidden = !cursor;
  byId("no-jobs").hidden = jobs.length > 0;
  const isFiltered = selects.some((select) => select.value);
  byId("clear-filters").hidden = !isFiltered;
  say(byId("no-jobs-words"), isFiltered
    ? t("No job is of this kind and in this state.")
    : t("Work that takes long stands here: recorded videos, erasures, and what is deleted each night because it is too old."));
  say(byId("jobs-summary"), sayHowMany(jobs));
}

/** @param {Job[]} jobs */
function sayHowMany(jobs) {
  const running = jobs.filter((job) => job.state === "running").length;
  const waiting = jobs.filter((job) => job.state === "waiting").length;
  if (!running && !waiting) return t("Nothing runs now");
  const parts = [n("{n} job runs", "{n} jobs run", running)];
  if (waiting) parts.push(n("{n} waits", "{n} wait", waiting));
  return parts.join(" · ");
}

/** @param {Job} job */
function show(job) {
  const row = rows.get(job.id) ?? addRow(job);
  const now = new Date();
  row.job = job;
  showState(row.part("state"), job);
  showMeter(row.part("meter"), job);
  say(row.part("about"), sayAbout(job, nameOf));
  say(row.part("message"), [sayMessage(job), sayRemaining(job, now)].filter(Boolean).join(" · "));
  say(row.part("duration"), sayHowLong(job, now));
  row.part("cancel").hidden = !job.may_cancel;
  return row;
}

/** @param {Job} job @param {Date} now */
function sayHowLong(job, now) {
  if (!job.started_at) return "";
  const span = sayDuration(job, now);
  return hasEnded(job) ? t("took {span}", { span }) : t("for {span}", { span });
}

/** @param {Job} job @returns {Row} */
function addRow(job) {
  const { root, part } = stamp("job-row");
  const row = { root, part, job };
  rows.set(job.id, row);
  say(part("name"), sayKind(job));
  /** @type {HTMLAnchorElement} */ (part("link")).href = `/jobs/${job.id}`;
  part("meter").setAttribute("aria-label", t("Progress of {name}", { name: sayKind(job) }));
  showMoment(part("time"), job.created_at);
  part("cancel").append(icon("close"), make("span", t("Cancel")));
  part("cancel").setAttribute("aria-label", t("Cancel {name}", { name: sayKind(job) }));
  part("cancel").addEventListener("click", () => attempt(async () => {
    const after = await askAndCancel(row.job);
    if (after) show(after);
  }));
  return row;
}

function readAddress() {
  const parameters = new URLSearchParams(location.search);
  for (const select of selects) {
    const wanted = parameters.get(select.name);
    if ([...select.options].some((option) => option.value === wanted)) select.value = wanted ?? "";
  }
}

/** Begin anew with what the filters say now. */
function restart() {
  const chosen = selects.filter((select) => select.value).map((select) => [select.name, select.value]);
  const search = new URLSearchParams(chosen).toString();
  history.replaceState(null, "", search ? `?${search}` : location.pathname);
  asked += 1;
  cursor = undefined;
  rows.clear();
  list.replaceChildren();
  void now();
}

/** @param {HTMLElement} select @param {Readonly<Record<string, string>>} words */
function offer(select, words) {
  select.append(...Object.entries(words).map(([value, text]) => {
    const option = make("option", text);
    option.setAttribute("value", value);
    return option;
  }));
}

offer(selects[0], KINDS);
offer(selects[1], STATES);
readAddress();
const now = follow(refresh, "jobs-away");
form.addEventListener("change", restart);
form.addEventListener("submit", (event) => event.preventDefault());
byId("clear-filters").addEventListener("click", () => {
  for (const select of selects) select.value = "";
  restart();
});
more.addEventListener("click", () => attempt(showOlder));
startVideoDialog();
