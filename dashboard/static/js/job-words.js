// Put jobs into words: what they do, how they are, what they were asked for and what came of it.

import { sayWithIcon } from "./page.js";
import { sayCount, sayMoment, saySpan, sayTenths } from "./wording.js";
import { hear, n, t } from "./words.js";

/** @type {Readonly<Record<string, string>>} */
export const KINDS = {
  backfill: t("Recorded video"),
  retention: t("Deleting what is too old"),
  erasure: t("Erasing history"),
  desharpening: t("Blurring or removing sharp pictures"),
};

/** @type {Readonly<Record<JobState, string>>} */
export const STATES = { waiting: t("Waiting"), running: t("Running"), done: t("Done"), failed: t("Failed"), cancelled: t("Cancelled") };

/** @type {Readonly<Record<string, string>>} */
const ICONS = { waiting: "waiting", running: "connecting", done: "check", failed: "warning", cancelled: "close" };

/** @type {Readonly<Record<string, string>>} */
const TONES = { running: "accent", done: "good", failed: "bad" };

/** @typedef {[string, string]} Fact what it is, and its value */

/** @param {Job} job */
export function sayKind(job) {
  return KINDS[job.kind] ?? job.kind;
}

/** @param {Job} job */
export function hasEnded(job) {
  return job.ended_at !== null;
}

/** @param {HTMLElement} element @param {Job} job */
export function showState(element, job) {
  const isStopping = job.is_cancel_asked && !hasEnded(job);
  element.dataset.state = job.state;
  element.dataset.tone = TONES[job.state] ?? "";
  sayWithIcon(element, ICONS[job.state], isStopping ? t("Stopping") : STATES[job.state]);
}

/**
 * Show how far a job is; a bar without an end where nobody knows.
 * @param {HTMLProgressElement} meter @param {Job} job
 */
export function showMeter(meter, job) {
  meter.hidden = job.state !== "running";
  if (job.progress === null) meter.removeAttribute("value");
  else meter.value = job.progress;
}

/** Say what a job does now, or how it ended. @param {Job} job */
export function sayMessage(job) {
  if (job.state === "waiting" && !job.message) return t("It begins when the jobs before it are done.");
  if (job.state === "running" && !job.message) return t("It has begun.");
  if (job.state === "done" && job.result) return sayOutcome(job);
  if (job.state === "cancelled") return t("It was stopped before it was done.");
  const said = hear(job.message);
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** Say the most that came of a job, in one line. @param {Job} job */
function sayOutcome(job) {
  return resultFacts(job).slice(0, 3).map(([name, value]) => `${name}: ${value}`).join(" · ");
}

/** Say what tells a job from others of its kind. @param {Job} job @param {(id: number) => string} nameOf */
export function sayAbout(job, nameOf) {
  const { file, start, end } = job.parameters;
  const parts = [];
  if (file) parts.push(String(file));
  if (job.camera_id !== null) parts.push(nameOf(job.camera_id));
  else if (job.kind === "erasure") parts.push(t("All cameras"));
  if (job.kind === "erasure") parts.push(sayRange(start, end));
  if (job.asked_by_kind !== "system") parts.push(t("asked for by {name}", { name: job.asked_by }));
  return parts.join(" · ");
}

/** @param {unknown} start @param {unknown} end both as the API writes times, or null */
function sayRange(start, end) {
  const [from, to] = [start, end].map((one) => (one ? sayMoment(new Date(String(one))) : ""));
  if (from && to) return t("{from} to {to}", { from, to });
  if (from || to) return from ? t("since {from}", { from }) : t("until {to}", { to });
  return t("all of it");
}

/** Say how long it took, or takes. @param {Job} job @param {Date} now */
export function sayDuration(job, now) {
  if (!job.started_at) return "";
  const end = job.ended_at ? Date.parse(job.ended_at) : now.getTime();
  return saySpan((end - Date.parse(job.started_at)) / 1000);
}

/** Say how long it may still take, once enough is done to tell. @param {Job} job @param {Date} now */
export function sayRemaining(job, now) {
  if (job.state !== "running" || job.progress === null || !job.started_at) return "";
  const elapsed = (now.getTime() - Date.parse(job.started_at)) / 1000;
  if (job.progress < 0.05 || elapsed < 5) return "";
  return t("About {span} to go", { span: saySpan((elapsed / job.progress) * (1 - job.progress)) });
}

/** @param {Job} job @param {(id: number) => string} nameOf @param {Date} now @returns {Fact[]} */
export function askedFacts(job, nameOf, now) {
  const { file, starts_at, start, end, replace, sharp_pictures } = job.parameters;
  /** @type {Fact[]} */
  const facts = [
    [t("Asked for by"), job.asked_by_kind === "system" ? t("Maskwatch's timetable") : job.asked_by],
    [t("Asked for"), sayMoment(new Date(job.created_at))],
  ];
  if (job.camera_id !== null) facts.push([t("Camera"), nameOf(job.camera_id)]);
  if (file) facts.push([t("Video"), String(file)]);
  if (starts_at) facts.push([t("The video begins"), sayMoment(new Date(String(starts_at)))]);
  if (replace) facts.push([t("What stood there"), t("is replaced")]);
  if (job.kind === "erasure") facts.push([t("Time"), sayRange(start, end)]);
  if (sharp_pictures) facts.push([t("Sharp pictures"), sharp_pictures === "blur" ? t("are blurred for good") : t("are removed")]);
  if (job.started_at) facts.push([job.ended_at ? t("It took") : t("It has run for"), sayDuration(job, now)]);
  if (job.runs > 1) facts.push([t("Begun"), n("{n} time", "{n} times", job.runs)]);
  facts.push([t("Number"), job.id]);
  return facts;
}

/** @type {Readonly<Record<string, string>>} */
const COUNTED = {
  sightings: t("Sightings"),
  pictures: t("Pictures"),
  minutes: t("Minutes of history"),
  frame_accounts: t("Frame accounts"),
  open_tracks: t("Open tracks"),
  open_pictures: t("Pictures of open tracks"),
  audit: t("Audit entries"),
  jobs: t("Old jobs"),
  blurred: t("Pictures blurred"),
  removed: t("Pictures removed"),
  unreadable: t("Pictures that could not be opened, and stay"),
  frames: t("Frames analysed"),
  unchanged: t("Frames without change"),
  not_required: t("People who needed no mask then"),
  replaced: t("Sightings replaced"),
};

/** @type {Readonly<Record<string, string>>} */
const PEOPLE = { mask: t("People with a mask"), incorrect_mask: t("People with the mask worn badly"), no_mask: t("People without a mask"), unsure: t("People who could not be judged") };

/** Say what came of a job; counts of nothing are left out. @param {Job} job @returns {Fact[]} */
export function resultFacts(job) {
  const result = job.result ?? {};
  const people = Object.entries(/** @type {Record<string, number>} */ (result.people ?? {}));
  /** @type {Fact[]} */
  const facts = people.map(([verdict, count]) => [PEOPLE[verdict] ?? verdict, sayCount(count)]);
  for (const [name, words] of Object.entries(COUNTED)) {
    if (result[name]) facts.push([words, sayCount(Number(result[name]))]);
  }
  if (result.picture_bytes) facts.push([t("Room of the pictures"), t("{n} MB", { n: Math.round(Number(result.picture_bytes) / 1e5) / 10 })]);
  if (result.times_real_time) facts.push([t("Speed"), t("{n} times as fast as it plays", { n: sayTenths(Number(result.times_real_time)) })]);
  return facts.length ? facts : [[t("Changed"), t("nothing; there was nothing to do")]];
}

/** Say what cancelling leaves behind. @param {Job} job */
export function sayCancelling(job) {
  if (job.state === "waiting") return t("It has not begun; nothing is changed.");
  if (job.kind === "backfill") return t("Its history is written at the end, all at once: cancelled now, nothing of it stays. The video must be sent again.");
  if (job.kind === "desharpening") return t("Pictures that were blurred or removed stay so; the others stay sharp.");
  return t("What it has deleted stays deleted; the rest stays.");
}
