// Erase history: choose whose and of when, see what would go, type its name, follow the job.

import { ask, listCameras, post, Problem } from "../api.js";
import { clearErrors, showProblem } from "../fields.js";
import { showJob } from "./job-progress.js";
import { question } from "../messages.js";
import { byId, make, say } from "../page.js";
import { sayCount } from "../wording.js";
import { LOCALE, t } from "../words.js";

/** @typedef {{ camera_id?: number, from?: string, to?: string, all?: boolean }} Asked */

const HOUR_MS = 3_600_000;
const PAUSE_MS = 300;
const DAY_AND_TIME = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "short" });

const form = /** @type {HTMLFormElement} */ (byId("erase-form"));
const camera = /** @type {HTMLSelectElement} */ (byId("camera"));
const from = /** @type {HTMLInputElement} */ (byId("from"));
const to = /** @type {HTMLInputElement} */ (byId("to"));
const go = /** @type {HTMLButtonElement} */ (byId("erase-go"));
const sure = /** @type {HTMLButtonElement} */ (byId("erase-sure"));
const typed = /** @type {HTMLInputElement} */ (byId("typed"));
let counted = 0;
let timer = 0;
let isErasing = false;

/** @returns {string} hour, today, custom or all */
function span() {
  return String(new FormData(form).get("span"));
}

/** @returns {{ start: Date | null, end: Date | null }} null: without a bound */
function bounds() {
  const now = new Date();
  if (span() === "hour") return { start: new Date(now.getTime() - HOUR_MS), end: null };
  if (span() === "today") return { start: new Date(now.getFullYear(), now.getMonth(), now.getDate()), end: null };
  if (span() === "all") return { start: null, end: null };
  return { start: from.value ? new Date(from.value) : null, end: to.value ? new Date(to.value) : null };
}

/** @returns {Asked} as the API takes it */
function asked() {
  const { start, end } = bounds();
  /** @type {Asked} */
  const question = {};
  if (camera.value) question.camera_id = Number(camera.value);
  if (start) question.from = start.toISOString();
  if (end) question.to = end.toISOString();
  if (!camera.value && !start && !end) question.all = true;
  return question;
}

/** Say what is missing of the times; one that is half written must not become none at all. */
function sayMissing() {
  if (span() !== "custom") return "";
  if (!from.validity.valid || !to.validity.valid) return t("A time is not complete: complete it, or clear it.");
  return from.value || to.value ? "" : t("Give a beginning, an end, or both.");
}

/** Count what would go, a moment after the last change. */
function count() {
  clearTimeout(timer);
  clearErrors(form);
  go.disabled = true;
  byId("custom").hidden = span() !== "custom";
  const number = ++counted;
  const missing = sayMissing();
  if (missing) return showCounts(missing, []);
  timer = setTimeout(async () => {
    try {
      const query = Object.entries(asked()).map(([name, value]) => [name, String(value)]);
      const erased = await ask(`erasures/preview?${new URLSearchParams(query)}`);
      if (number === counted) showErased(erased);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (number !== counted) return;
      showCounts(t("Correct the choice to see it."), []);
      showProblem(form, error);
    }
  }, PAUSE_MS);
}

/** @param {Record<string, number>} erased as the API counts it */
function showErased(erased) {
  const isAnything = Object.values(erased).some((one) => one > 0);
  go.disabled = !isAnything || isErasing;
  byId("erase-sum").dataset.loss = String(isAnything);
  showCounts(isAnything ? sayAsked() : t("Nothing is kept of that time: there is nothing to erase."), isAnything ? [
    [t("Sightings"), erased.sightings],
    [t("Pictures"), erased.pictures],
    [t("Minutes of counts"), erased.minutes],
    [t("Minutes of frame accounts"), erased.frame_accounts],
  ] : []);
}

/** @param {string} words @param {[string, number][]} counts */
function showCounts(words, counts) {
  say(byId("erase-sum"), words);
  byId("erase-rows").replaceChildren(...counts.map(([name, number]) => {
    const row = make("div");
    const value = make("dd");
    value.append(make("span", sayCount(number)));
    row.append(make("dt", name), value);
    row.classList.toggle("is-loss", number > 0);
    return row;
  }));
}

/** Say whose history of when is chosen. */
function sayAsked() {
  const { start, end } = bounds();
  const [whose, since, until] = [nameOfChoice(), start ? DAY_AND_TIME.format(start) : "", end ? DAY_AND_TIME.format(end) : t("now")];
  if (start) return t("{whose}, {since} to {until}", { whose, since, until });
  return end ? t("{whose}, all until {until}", { whose, until }) : t("{whose}, since the beginning", { whose });
}

function nameOfChoice() {
  return camera.selectedOptions[0]?.textContent ?? "";
}

/** Have the name of the camera typed; for all cameras a word. @returns {Promise<boolean>} */
async function isSure() {
  const wanted = camera.value ? nameOfChoice() : t("erase");
  say(byId("erase-words"), t("{what}. It cannot be brought back.", { what: sayAsked() }));
  say(byId("typed-label"), t("Type “{word}” to go on", { word: wanted }));
  typed.value = "";
  sure.disabled = true;
  typed.oninput = () => { sure.disabled = typed.value.trim() !== wanted; };
  return await question("erase-dialog") === "erase";
}

async function erase() {
  // What is half written is told to nobody before the button is pressed.
  const missing = sayMissing();
  if (missing) return showCounts(missing, []);
  const [what, body] = [sayAsked(), asked()];
  if (!await isSure()) return;
  isErasing = go.disabled = true;
  try {
    const job = await post("erasures", body);
    say(byId("job-title"), what);
    byId("job-card").hidden = false;
    await showJob(byId("job"), job);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    showProblem(form, error);
  } finally {
    isErasing = false;
    count();
  }
}

/** Take over what the address asks for. */
function readAddress() {
  const wanted = new URLSearchParams(location.search);
  const id = wanted.get("camera_id") ?? "";
  camera.value = id;
  // A camera that is gone must not become all of them.
  if (camera.selectedIndex < 0) camera.append(new Option(t("Camera {id} (deleted)", { id }), id, true, true));
  const [start, end] = ["from", "to"].map((name) => localTime(wanted.get(name) ?? ""));
  if (!start && !end) return;
  [from.value, to.value] = [start, end];
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[name=span]"))) input.checked = input.value === "custom";
}

/** Write a moment as a field of local time does, to the minute; empty where it is none. @param {string} iso */
function localTime(iso) {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return "";
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

async function start() {
  const cameras = await listCameras();
  camera.append(...cameras.map(({ id, name }) => new Option(name, String(id))));
  readAddress();
  count();
}

say(byId("zone"), t("Times are those of your browser: {zone}.", { zone: Intl.DateTimeFormat().resolvedOptions().timeZone }));
typed.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  // Else the dialog's first button would be pressed, which leaves it.
  event.preventDefault();
  if (!sure.disabled) sure.click();
});
form.addEventListener("input", count);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void erase();
});
start().catch((error) => {
  if (!(error instanceof Problem)) throw error;
  showProblem(form, error);
});
