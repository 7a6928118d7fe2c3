// The history: what the address asks for, fetched and shown; each choice is a step of the browser's history.

import { ask, listCameras, Problem } from "../api.js";
import { HistoryChart } from "./history-chart.js";
import { nameDay } from "../days.js";
import { Filters } from "./filters.js";
import { Comparison } from "./groups.js";
import { HeatMap } from "./heat.js";
import { showMessage, showNotes } from "./history-messages.js";
import { savePicture } from "./picture.js";
import { addressOf, bucketOf, joiningOf, questionOf, readView, spanBefore, spanOf, wholeSpan } from "../history-range.js";
import { joinBuckets } from "../periods.js";
import { camerasAt } from "../places.js";
import { stretchesOf, trimBefore } from "./stretches.js";
import { offerKeys } from "../keys.js";
import { showTotals } from "./totals.js";
import { sayBefore, saySpanOfDays, sayVerdicts, sayWhat, sayWhen } from "./history-words.js";
import { byId, make, say } from "../page.js";
import { peopleIn, VERDICTS } from "../verdicts.js";
import { t } from "../words.js";
import { sayCount, sayPercent, sayRate } from "../wording.js";

/** @typedef {import("../history-range.js").View} View */
/** @typedef {import("./stretches.js").Stretch} Stretch */

const REFRESH_MS = 60_000;

let view = readView(location.search);
let now = new Date();
/** Counts the questions asked, so that a late answer to an old one is let go. */
let asked = 0;
/** @type {Stretch[]} */
let stretches = [];
/** @type {Camera[]} */
let cameras = [];

offerKeys(t("In the chart"), [
  { keys: ["ArrowLeft", "ArrowRight"], words: t("Earlier, later") },
  { keys: ["PageUp", "PageDown"], words: t("Earlier, later by a good deal") },
  { keys: ["Shift ArrowLeft", "Shift ArrowRight"], words: t("Choose a part") },
  { keys: ["Enter", "Escape"], words: t("Look closer, go back") },
]);
const filters = new Filters(go);
const heat = new HeatMap();
const comparison = new Comparison(go);
const chart = new HistoryChart(byId("history-chart"), byId("chart-rate"), byId("chart-counts"), {
  onPoint: sayPoint,
  onZoom: zoomInto,
  onBack: zoomOut,
});

/** Show another view, as a step that the browser can go back. @param {View} next */
function go(next) {
  view = next;
  history.pushState(null, "", addressOf(view));
  void load();
}

/** Ask for all that the view shows. @param {boolean} isQuiet whether it only brings what is shown up to date */
async function load(isQuiet = false) {
  const question = (asked += 1);
  now = new Date();
  showChoices();
  byId("history-found").setAttribute("aria-busy", String(!isQuiet));
  const before = askGroups(view.by, spanBefore(view, now), null);
  void showGroups(question, before);
  void showHeat(question);
  try {
    const [found, groups] = await Promise.all([askSeries(), before]);
    if (question === asked) showFound(found, groups && sumGroups(groups));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (question === asked && !isQuiet) showFailure(error);
  }
}

function showChoices() {
  const span = spanOf(view, now);
  filters.show(view, wholeSpan(view, now));
  say(byId("caption-time"), saySpanOfDays(span));
  say(byId("caption-cameras"), filters.sayCameras(view));
  byId("zoom-out").hidden = view.zoom === null;
  say(byId("zoom-out-words"), t("Back to {range}", { range: saySpanOfDays(wholeSpan(view, now)) }));
  for (const input of byId("groups-by").querySelectorAll("input")) input.checked = input.value === view.by;
  byId("save-csv").setAttribute("href", `/api/v1/exports/compliance.csv?${seriesQuestion()}`);
}

function seriesQuestion() {
  const span = spanOf(view, now);
  const question = questionOf(span, view);
  question.set("bucket", bucketOf(span));
  return question;
}

/** @returns {Promise<Compliance>} */
function askSeries() {
  return ask(`compliance?${seriesQuestion()}`);
}

/** @param {Compliance} found @param {Counts | null} before */
function showFound(found, before) {
  const span = spanOf(view, now);
  stretches = trimBefore(stretchesOf(found.series, span.end, joiningOf(span)));
  const message = showMessage({ view, found, hasCameras: cameras.length > 0, isNowhere: isNowhere(), go });
  byId("history-found").hidden = message;
  byId("tools").hidden = message;
  byId("history-found").setAttribute("aria-busy", "false");
  if (message) return;
  showTotals(found.totals, before, sayBefore(view), addedSince(spanBefore(view, now).start));
  showNotes(found, span, stretches);
  chart.show(stretches);
  comparison.compareWith(found.totals.rate);
  sayPoint([]);
  showNumbers();
  say(byId("history-status"), t("{when}: {what}", { when: saySpanOfDays(span), what: wholeWords() }));
}

/** @param {Problem} error */
function showFailure(error) {
  byId("history-found").setAttribute("aria-busy", "false");
  byId("history-found").hidden = true;
  byId("tools").hidden = true;
  showMessage({ view, found: null, hasCameras: true, isNowhere: isNowhere(), go, error, again: () => void load() });
}

function isNowhere() {
  return cameras.length > 0 && camerasAt(cameras, view).length === 0;
}

/** @param {Date} moment @returns {number} how many of the cameras were registered after it */
function addedSince(moment) {
  return camerasAt(cameras, view).filter((camera) => new Date(camera.created_at) > moment).length;
}

/** @param {number} question */
async function showHeat(question) {
  const groups = await askGroups("hour_of_week", spanOf(view, now), "heat-error");
  if (groups && question === asked) heat.show(groups);
}

/** @param {number} question @param {Promise<ComplianceGroup[] | null>} asking for the groups of the time before */
async function showGroups(question, asking) {
  const [groups, before] = await Promise.all([askGroups(view.by, spanOf(view, now), "groups-error"), asking]);
  if (!groups || question !== asked) return;
  say(byId("groups-before"), t("Arrows: clearly different from {when}.", { when: sayBefore(view) }));
  comparison.show(groups, before ?? [], view);
}

/** Each camera is in one group, whatever is compared. @param {ComplianceGroup[]} groups */
function sumGroups(groups) {
  return joinBuckets(0, groups.map((group) => ({ ...group, start: "" })));
}

/**
 * Where the time before cannot be had, the page does without.
 * @param {string} by @param {import("../history-range.js").Span} span
 * @param {string | null} errorId where a refusal is said; null for nowhere
 * @returns {Promise<ComplianceGroup[] | null>}
 */
async function askGroups(by, span, errorId) {
  const question = questionOf(span, view);
  question.set("by", by);
  try {
    const { groups } = await ask(`compliance/groups?${question}`);
    if (errorId) byId(errorId).hidden = true;
    return groups;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (errorId) {
      byId(errorId).hidden = false;
      say(byId(errorId), error.message);
    }
    return null;
  }
}

/** @param {Stretch[]} chosen none: all */
function sayPoint(chosen) {
  const words = chosen.length ? t("{when}: {what}", { when: sayWhen(joined(chosen)), what: sayWhat(joined(chosen)) }) : wholeWords();
  say(byId("chart-readout"), words);
  byId("history-chart").setAttribute("aria-valuetext", words);
}

/** @param {Stretch[]} chosen @returns {Stretch} */
function joined(chosen) {
  const [first, last] = [chosen[0], chosen[chosen.length - 1]];
  if (first === last) return first;
  return { ...sumStretches(chosen), start: first.start, end: last.end, seen: null };
}

/** @param {Stretch[]} some */
function sumStretches(some) {
  return joinBuckets(0, some.map((one) => ({ ...one, start: "", gap: one.isGap })));
}

function wholeWords() {
  if (!stretches.length) return " ";
  const whole = sumStretches(stretches);
  return peopleIn(whole) ? `${sayRate(whole)}. ${sayVerdicts(whole)}` : t("nobody was seen");
}

/** @param {Stretch[]} chosen */
function zoomInto(chosen) {
  const [start, end] = [chosen[0].start, chosen[chosen.length - 1].end].map((at) => new Date(at * 1000));
  const isAll = chosen.length === stretches.length;
  const isFinest = bucketOf(spanOf(view, now)) === "minute" && chosen.length < 5;
  if (!isAll && !isFinest) go({ ...view, zoom: { start, end } });
}

function zoomOut() {
  if (view.zoom) go({ ...view, zoom: null });
}

/** Fill the table of numbers only while it is open: it may have hundreds of rows. */
function showNumbers() {
  if (!byId("numbers").hasAttribute("open")) return;
  byId("numbers-body").replaceChildren(...stretches.map((stretch) => {
    const row = make("tr");
    const head = make("th", sayWhen(stretch));
    head.setAttribute("scope", "row");
    const rate = stretch.isGap ? t("not known") : stretch.interval ? sayRate(stretch) : "–";
    row.append(head, make("td", rate), ...VERDICTS.map((verdict) => make("td", stretch.isGap ? "" : sayCount(stretch[verdict]))));
    return row;
  }));
}

function pictureLines() {
  const whole = sumStretches(stretches);
  return [
    t("Mask compliance: {cameras}", { cameras: filters.sayCameras(view) }),
    `${saySpanOfDays(spanOf(view, now))} · ${sayRate(whole)}`,
    [sayVerdicts(whole), t("{share} could be judged", { share: sayPercent(whole.coverage) })].join(" · "),
  ];
}

async function takePicture() {
  const goBack = showLight();
  await new Promise(requestAnimationFrame);
  savePicture(pictureLines(), `compliance-${nameDay(spanOf(view, now).start)}.png`);
  goBack();
}

/** Show the page as paper takes it, whatever the theme. @returns {() => void} takes it back */
function showLight() {
  const { dataset } = document.documentElement;
  const { theme } = dataset;
  dataset.theme = "light";
  dispatchEvent(new Event("themechange"));
  return () => {
    if (theme) dataset.theme = theme;
    else delete dataset.theme;
    dispatchEvent(new Event("themechange"));
  };
}

async function start() {
  cameras = await listCameras().catch(() => []);
  filters.cameras = cameras;
  await load();
}

byId("zoom-out").addEventListener("click", () => { zoomOut(); byId("history-chart").focus(); });
byId("numbers").addEventListener("toggle", showNumbers);
byId("print").addEventListener("click", () => print());
byId("save-picture").addEventListener("click", takePicture);
byId("groups-by").addEventListener("change", (event) => {
  const { value } = /** @type {HTMLInputElement} */ (event.target);
  view = { ...view, by: /** @type {View["by"]} */ (value) };
  history.replaceState(null, "", addressOf(view));
  void showGroups(asked, askGroups(view.by, spanBefore(view, now), null));
});
addEventListener("beforeprint", () => addEventListener("afterprint", showLight(), { once: true }));
addEventListener("popstate", () => { view = readView(location.search); void load(); });
setInterval(() => { if (!document.hidden && view.preset === "today" && !view.zoom) void load(true); }, REFRESH_MS);
void start();
