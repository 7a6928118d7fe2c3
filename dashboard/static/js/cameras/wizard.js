// Register a camera step by step: find its video, look at it, name it, say what counts, done.

import { listCameras, post, Problem } from "../api.js";
import { suggestPlaces } from "./places.js";
import { openRules } from "./rules.js";
import { openSearch } from "./search.js";
import { openSources } from "./source.js";
import { runCheck, snapshotOf } from "./check.js";
import { clearErrors, clearFieldError, focusField, showFieldError, showProblem } from "../fields.js";
import { byId, icon, make, say } from "../page.js";
import { sayTenths } from "../wording.js";
import { t } from "../words.js";

const STEPS = /** @type {const} */ (["find", "check", "describe", "rules", "done"]);
const LARGER_PX = 1920;

/** @typedef {typeof STEPS[number]} Step */

const form = /** @type {HTMLFormElement} */ (byId("camera-form"));
const next = /** @type {HTMLButtonElement} */ (byId("step-next"));
const back = /** @type {HTMLButtonElement} */ (byId("step-back"));
const again = /** @type {HTMLButtonElement} */ (byId("check"));
const larger = /** @type {HTMLButtonElement} */ (byId("check-larger"));
const rate = /** @type {HTMLInputElement} */ (byId("frames_per_second"));
const longSide = /** @type {HTMLInputElement} */ (byId("long_side"));
const rules = openRules();
const sources = openSources(form, () => goOn());
const search = document.getElementById("search");
if (search) openSearch(search, (stream) => sources.take(stream));

/** @type {Step} */
let step = "find";
/** The source that was looked at last, and what came of it; each look has a number. */
let looked = "";
/** @type {CameraCheck | null} */
let found = null;
let looks = 0;
/** @type {Set<string>} */
let names = new Set();

/** @param {string} name @returns {string} */
function value(name) {
  return String(new FormData(form).get(name) ?? "").trim();
}

/** @param {Step} to */
function show(to) {
  step = to;
  for (const name of STEPS) byId(`step-${name}`).hidden = name !== to;
  for (const item of byId("steps").children) mark(/** @type {HTMLElement} */ (item));
  back.hidden = to === "find";
  byId("wizard-end").hidden = to === "done";
  byId("form-error").hidden = true;
  showNext();
  byId(`${to}-title`).focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
  if (to === "find") sources.focus();
  if (to === "check" && looked !== lookKey()) void look();
}

/** @param {HTMLElement} item */
function mark(item) {
  const [at, now] = [STEPS.indexOf(/** @type {Step} */ (item.dataset.step)), STEPS.indexOf(step)];
  item.dataset.state = at < now || step === "done" ? "past" : at === now ? "now" : "ahead";
  if (at === now) item.setAttribute("aria-current", "step");
  else item.removeAttribute("aria-current");
}

function showNext() {
  const isBare = step === "check" && found !== null && !found.ok;
  next.disabled = step === "check" && found === null;
  next.classList.toggle("is-main", !isBare);
  say(next, step === "rules" ? t("Add the camera") : isBare ? t("Go on without a picture") : t("Next"));
  say(byId("step-note"), isBare ? t("The camera will be tried again and again, and appears once it answers.") : "");
}

/** Go a step on; the browser's way back leads here again. @param {Step} to */
function enter(to) {
  history.pushState({ step: to }, "", `#${to}`);
  show(to);
}

/** What a look depends on. */
function lookKey() {
  return [sources.read().url, value("transport"), longSide.value].join(" ");
}

/** Look at the camera; the picture goes under the areas, too. */
async function look() {
  const [key, number] = [lookKey(), ++looks];
  found = null;
  [looked, again.disabled, larger.hidden] = [key, true, true];
  say(byId("source"), sources.read().shown);
  showNext();
  try {
    const check = await runCheck({ url: sources.read().url, transport: value("transport"), long_side: Number(longSide.value) || undefined });
    if (number !== looks) return;
    found = check ?? failed();
    larger.hidden = !mayBeLarger(found);
    await rules.show(await snapshotOf(found));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    looked = "";
    fail(error);
  } finally {
    if (number === looks) again.disabled = false;
    showNext();
  }
}

/** @returns {CameraCheck} what stands where no check could be made */
function failed() {
  return { ok: false, error: "", width: 0, height: 0, frames_per_second: null, codec: "", snapshot_jpeg: "", faces: null, advice: [] };
}

/** Larger pictures help where faces are small and the camera has more to give. @param {CameraCheck} check */
function mayBeLarger({ ok, width, height, advice }) {
  const isSmall = advice.some((one) => ["faces", "distance"].includes(one.topic) && one.level !== "good");
  return ok && isSmall && Number(longSide.value) < Math.min(LARGER_PX, Math.max(width, height));
}

function goOn() {
  clearErrors(form);
  if (step === "find" && sources.check()) enter("check");
  else if (step === "check" && found) enter("describe");
  else if (step === "describe" && isDescribed()) enter("rules");
  else if (step === "rules" && rules.check()) void save();
}

/** @returns {boolean} whether it has a name that is free, and numbers that can be; what is amiss is said at its field */
function isDescribed() {
  const name = value("name");
  const faults = [["name", !name ? t("Give it a name that people here will recognise.") : names.has(name) ? t("Another camera has this name; choose another.") : ""]];
  for (const field of [rate, longSide]) {
    const [min, max] = [field.min, field.max].map((bound) => sayTenths(Number(bound)));
    faults.push([field.name, field.value && field.validity.valid ? "" : t("Give a number from {min} to {max}.", { min, max })]);
  }
  const told = faults.filter(([, fault]) => fault);
  for (const [field, fault] of told) showFieldError(form, field, fault);
  if (told.length) focusField(form, told[0][0]);
  return !told.length;
}

async function save() {
  next.disabled = true;
  try {
    const camera = await post("cameras", {
      name: value("name"),
      url: sources.read().url,
      transport: value("transport"),
      site: value("site"),
      zone: value("zone"),
      frames_per_second: Number(value("frames_per_second")),
      long_side: Number(value("long_side")),
      rules: rules.read(),
    });
    finish(camera);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    fail(error);
  } finally {
    next.disabled = false;
  }
}

/** @param {Camera} camera */
function finish(camera) {
  say(byId("done-title"), t("{name} is being watched", { name: camera.name }));
  byId("done-edit").setAttribute("href", `/cameras/${camera.id}`);
  history.replaceState({ step: "done" }, "", "#done");
  show("done");
}

/** Say a problem where it belongs: at the step of its field. @param {Problem} problem */
function fail(problem) {
  const field = problem.faults.map((fault) => form.querySelector(`[name="${CSS.escape(fault.parameter)}"]`)).find(Boolean);
  const home = field?.closest(".step")?.id.replace("step-", "");
  if (home && home !== step) show(/** @type {Step} */ (home));
  if (home === "find") sources.choose("address");
  showProblem(form, problem);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  goOn();
});
form.addEventListener("input", (event) => clearFieldError(form, /** @type {HTMLInputElement} */ (event.target).name));
back.addEventListener("click", () => history.back());
again.addEventListener("click", () => void look());
larger.addEventListener("click", () => {
  longSide.value = String(Math.min(LARGER_PX, Math.max(found?.width ?? 0, found?.height ?? 0)));
  void look();
});
// The second click of a double click must not press what the next step has in its place.
next.addEventListener("click", (event) => { if (event.detail > 1) event.preventDefault(); });
addEventListener("beforeunload", (event) => {
  if (step !== "find" && step !== "done") event.preventDefault();
});
addEventListener("popstate", (event) => show(step === "done" ? "done" : event.state?.step ?? "find"));
history.replaceState({ step: "find" }, "", location.pathname + location.search);
listCameras().then((cameras) => {
  names = new Set(cameras.map((camera) => camera.name));
  suggestPlaces(cameras);
}).catch(() => null);
byId("steps").querySelectorAll(".step-number").forEach((number) => number.append(make("span", "", "step-sign")));
byId("steps").querySelectorAll(".step-sign").forEach((sign) => sign.append(icon("check")));
next.disabled = false;
show("find");
