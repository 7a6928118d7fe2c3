// One job, followed to its end: progress, result, log, cancelling.

import { ask } from "../api.js";
import { attempt } from "../attempts.js";
import { nameCameras } from "./camera-names.js";
import { showFacts } from "./facts.js";
import { follow } from "./follow.js";
import { nameDay } from "../days.js";
import { addressOf } from "../history-range.js";
import { askAndCancel } from "./job-cancel.js";
import { askedFacts, hasEnded, resultFacts, sayAbout, sayDuration, sayKind, sayMessage, sayRemaining, showMeter, showState } from "../job-words.js";
import { byId, make, say } from "../page.js";
import { sayMoment } from "../wording.js";
import { hear, t } from "../words.js";

const EVERY_MS = 1500;
const STAMP = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (.*)$/;

const id = byId("job").dataset.jobId ?? "";
const cancel = byId("cancel");
const log = byId("log");
const meter = /** @type {HTMLProgressElement} */ (byId("meter"));
const naming = nameCameras();
/** @type {Job} */
let job;

async function refresh() {
  job = await ask(`jobs/${id}`);
  await show();
  return hasEnded(job) ? 0 : EVERY_MS;
}

async function show() {
  const [nameOf, now] = [await naming, new Date()];
  document.title = `${sayKind(job)} · Maskwatch`;
  say(byId("job-name"), sayKind(job));
  say(byId("job-about"), sayAbout(job, nameOf));
  showState(byId("state"), job);
  showMeter(meter, job);
  say(byId("share"), job.state === "running" && job.progress !== null ? `${Math.floor(job.progress * 100)} %` : "");
  say(byId("message"), job.state === "done" ? t("It took {span}.", { span: sayDuration(job, now) }) : sayMessage(job));
  say(byId("remaining"), sayRemaining(job, now));
  cancel.hidden = !job.may_cancel;
  showFacts(byId("asked"), askedFacts(job, nameOf, now));
  showResult();
  showLog(job.log ?? []);
}

function showResult() {
  byId("result-card").hidden = job.result === null;
  if (job.result === null) return;
  showFacts(byId("result"), resultFacts(job));
  byId("result-link").hidden = job.kind !== "backfill";
  if (job.kind !== "backfill") return;
  const link = /** @type {HTMLAnchorElement} */ (byId("result-link").firstElementChild);
  link.href = addressOf(viewOf(job.result));
  say(link, t("See it in the history"));
}

/** Look at the history that a video gave. @param {Record<string, unknown>} result */
function viewOf({ camera_id, starts_at, ends_at }) {
  const [start, end] = [new Date(String(starts_at)), new Date(String(ends_at))];
  const view = { preset: /** @type {const} */ ("custom"), since: nameDay(start), until: nameDay(end), zoom: { start, end } };
  return { ...view, camera: String(camera_id), site: null, zone: null, by: /** @type {const} */ ("camera") };
}

/** Add the lines that are new; whoever reads the end stays there. @param {string[]} lines */
function showLog(lines) {
  byId("no-log").hidden = lines.length > 0;
  log.hidden = lines.length === 0;
  if (lines.length === log.childElementCount && lines.at(-1) === log.dataset.last) return;
  const isAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 8;
  log.dataset.last = lines.at(-1) ?? "";
  log.replaceChildren(...lines.map(lineOf));
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}

/** @param {string} line with the time of UTC first */
function lineOf(line) {
  const [, day, clock, words] = STAMP.exec(line) ?? ["", "", "", line];
  const item = make("li");
  if (day) item.append(make("time", sayMoment(new Date(`${day}T${clock}Z`)), "soft"), " ");
  item.append(make("span", hear(words)));
  return item;
}

follow(refresh, "jobs-away");
cancel.addEventListener("click", () => attempt(async () => {
  const after = await askAndCancel(job);
  if (!after) return;
  job = after;
  await show();
}));
