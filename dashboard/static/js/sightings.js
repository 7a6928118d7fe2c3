// The latest sightings, filtered; the filters stand in the address, so that it can be shared.

import { ask, listCameras, Problem } from "./api.js";
import { toast } from "./messages.js";
import { byId, make, say, stamp } from "./page.js";
import { showVerdict, WORDS } from "./verdicts.js";
import { sayPercent, saySpan, showMoment } from "./wording.js";
import { n, t } from "./words.js";

const ROWS = 50;
const DAY_MS = 86_400_000;
const LONGEST_DAYS = "30";

/** @type {readonly Label[]} */
const LABELS = ["mask", "incorrect_mask", "no_mask"];

const form = /** @type {HTMLFormElement} */ (byId("filters"));
const more = /** @type {HTMLButtonElement} */ (byId("load-more"));
/** @type {Map<number, string>} */
const names = new Map();
/** @type {string | null} */
let cursor = null;
/** Counts the questions asked, so that a late answer to an old one is let go. */
let asked = 0;
let end = new Date();

/** @param {string} name */
function choice(name) {
  return String(new FormData(form).get(name) ?? "");
}

function query() {
  const parameters = new URLSearchParams({
    limit: String(ROWS),
    from: new Date(end.getTime() - Number(choice("span")) * DAY_MS).toISOString(),
    to: end.toISOString(),
  });
  for (const name of ["verdict", "camera_id"]) if (choice(name)) parameters.set(name, choice(name));
  if (cursor) parameters.set("cursor", cursor);
  return parameters;
}

/** Show the first page of what the filters ask for. */
async function restart() {
  cursor = null;
  end = new Date();
  await showPage(true);
}

/** @param {boolean} isFirst whether it replaces what is shown */
async function showPage(isFirst) {
  const question = (asked += 1);
  more.disabled = true;
  try {
    /** @type {Page<Sighting>} */
    const page = await ask(`sightings?${query()}`);
    if (question !== asked) return;
    cursor = page.next_cursor;
    const rows = page.items.map(rowOf);
    if (isFirst) byId("sightings").replaceChildren(...rows);
    else byId("sightings").append(...rows);
    showExtent();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    toast(error.message);
  } finally {
    more.disabled = false;
  }
}

function showExtent() {
  const count = byId("sightings").childElementCount;
  byId("sightings-card").hidden = count === 0;
  byId("no-sightings").hidden = count > 0;
  more.hidden = cursor === null;
  say(byId("sightings-status"), n("{n} sighting shown", "{n} sightings shown", count));
  const isFiltered = choice("verdict") !== "" || choice("camera_id") !== "";
  byId("clear-filters").hidden = !isFiltered && choice("span") === LONGEST_DAYS;
  say(byId("no-sightings-words"), isFiltered
    ? t("Nobody whom these filters let through was seen in this time.")
    : t("Nobody was seen in this time. A sighting appears when a person has passed a camera."));
}

/** @param {Sighting} sighting */
function rowOf(sighting) {
  const { root, part } = stamp("sighting-row");
  showVerdict(part("verdict"), sighting.verdict);
  say(part("camera"), names.get(sighting.camera_id) ?? t("Camera {id} (deleted)", { id: String(sighting.camera_id) }));
  showMoment(part("time"), sighting.started_at);
  const seconds = (Date.parse(sighting.ended_at) - Date.parse(sighting.started_at)) / 1000;
  const span = saySpan(Math.max(1, seconds));
  say(part("duration"), sighting.is_continuation ? t("{span}, stayed on", { span }) : span);
  part("likelihood").append(likelihoodOf(sighting.probabilities));
  return root;
}

/** @param {Record<Label, number>} probabilities */
function likelihoodOf(probabilities) {
  const box = make("div", "", "likelihood");
  const bar = make("div", "", "likelihood-bar");
  bar.append(...LABELS.map((label) => {
    const share = make("span");
    share.dataset.verdict = label;
    share.style.setProperty("--share", String(probabilities[label]));
    return share;
  }));
  const best = LABELS.reduce((one, other) => (probabilities[other] > probabilities[one] ? other : one));
  const words = `${WORDS[best]} ${sayPercent(probabilities[best])}`;
  box.title = LABELS.map((label) => `${WORDS[label]} ${sayPercent(probabilities[label])}`).join(" · ");
  box.append(make("span", words, "small soft"), bar);
  return box;
}

function readAddress() {
  const parameters = new URLSearchParams(location.search);
  for (const select of form.querySelectorAll("select")) {
    const wanted = parameters.get(select.name);
    if (wanted !== null && [...select.options].some((option) => option.value === wanted)) select.value = wanted;
  }
}

function writeAddress() {
  const parameters = new URLSearchParams();
  for (const select of form.querySelectorAll("select")) {
    if (select.selectedIndex > 0) parameters.set(select.name, select.value);
  }
  const search = parameters.toString();
  history.replaceState(null, "", search ? `?${search}` : location.pathname);
}

async function start() {
  const cameras = await listCameras().catch(() => []);
  for (const camera of cameras) {
    names.set(camera.id, camera.name);
    const option = make("option", camera.name);
    option.setAttribute("value", String(camera.id));
    byId("camera_id").append(option);
  }
  readAddress();
  await restart();
}

form.addEventListener("change", () => {
  writeAddress();
  void restart();
});
form.addEventListener("submit", (event) => event.preventDefault());
byId("clear-filters").addEventListener("click", () => {
  form.reset();
  /** @type {HTMLSelectElement} */ (byId("span")).value = LONGEST_DAYS;
  writeAddress();
  void restart();
});
more.addEventListener("click", () => void showPage(false));
void start();
