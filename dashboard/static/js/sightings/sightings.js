// The sightings: what the address asks for, page by page, to be looked through and reviewed by keys.

import { ask, listCameras, Problem } from "../api.js";
import { sayNoPicture } from "./faces.js";
import { offerKeys } from "../keys.js";
import { toast } from "../messages.js";
import { byId, obeyRole, say, setIcon } from "../page.js";
import { sayPlaces } from "../places.js";
import { Reviewer, reviewKeys } from "./reviews.js";
import { DayStrip, sayTime } from "./sightings-days.js";
import { Filters } from "./filters.js";
import { placeholders, SightingList } from "./list.js";
import { Panel } from "./panel.js";
import { leavePlace, recallPlace } from "./place.js";
import { isFiltered, questionOf, readView, searchOf, withoutFilters } from "./view.js";
import { sayPeople } from "../wording.js";
import { n, t } from "../words.js";

/** @typedef {import("./view.js").View} View */

const ROWS = 50;
const MOST_ROWS = 200;
/** So many before the end, the next page is fetched. */
const NEAR_END = 14;

let view = readView(location.search);
let now = new Date();
/** @type {string | null} */
let cursor = null;
/** @type {{ start: number, cursor: string | null }[]} the pages that are shown, and where each begins */
let pages = [];
/** Counts the questions asked, so that a late answer to an old one is let go. */
let asked = 0;
/** The page that is being fetched. */
/** @type {Promise<void> | null} */
let fetching = null;
/** Whether a key waits for it. */
let isWaiting = false;

const more = /** @type {HTMLButtonElement} */ (byId("load-more"));
const filters = new Filters(go);
const days = new DayStrip(go);
const list = new SightingList(choose, nameOf, ({ id }) => `/sightings/${id}${searchOf(view) || "?range=24h"}`);
const reviewer = new Reviewer((sighting) => {
  list.update(sighting);
  if (list.current?.sighting.id === sighting.id) panel.update(sighting);
});
const panel = new Panel(review, nameOf);

/** @param {number} id */
function nameOf(id) {
  return filters.cameras.find((camera) => camera.id === id)?.name ?? t("Camera {id} (deleted)", { id: String(id) });
}

/** Show another view, as a step of the browser's history. @param {View} next */
function go(next) {
  view = next;
  history.pushState(null, "", location.pathname + searchOf(view));
  void restart();
}

/** Show the first page of the view, or from a later one on. @param {number} rows @param {string | null} from */
async function restart(rows = ROWS, from = null) {
  now = new Date();
  cursor = from;
  pages = [];
  fetching = null;
  byId("from-start").hidden = from === null;
  filters.show(view, now);
  days.show(view, now);
  clear();
  panel.show(null);
  byId("found").append(...placeholders(12));
  say(byId("caption-time"), sayTime(view, now));
  say(byId("caption-cameras"), sayPlaces(filters.cameras, view));
  byId("save-csv").setAttribute("href", `/api/v1/exports/sightings.csv?${questionOf(view, now)}&tz=${encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC")}`);
  await fetchPage(rows);
}

function clear() {
  list.clear(view.form, view.range === "day");
}

/** Fetch the next page, below what is shown; one at a time. */
function fetchNext() {
  fetching ??= fetchPage().finally(() => {
    fetching = null;
  });
  return fetching;
}

/** @param {number} rows */
async function fetchPage(rows = ROWS) {
  const question = (asked += 1);
  const parameters = questionOf(view, now);
  parameters.set("limit", String(rows));
  parameters.set("order", view.order);
  if (cursor) parameters.set("cursor", cursor);
  try {
    /** @type {Page<Sighting>} */
    const page = await ask(`sightings?${parameters}`);
    if (question !== asked) return;
    if (pages.length === 0) clear();
    pages.push({ start: list.shown.length, cursor });
    cursor = page.next_cursor;
    list.add(page.items);
    showExtent();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (question === asked) showFailure(error);
  }
}

function showExtent() {
  const count = list.shown.length;
  byId("sightings-message").hidden = count > 0;
  byId("panel").hidden = count === 0;
  more.hidden = cursor === null;
  const isPart = cursor !== null || pages[0].cursor !== null;
  const words = isPart ? n("{n} person shown, there are more", "{n} people shown, there are more", count) : sayPeople(count);
  say(byId("caption-count"), count ? words : "");
  say(byId("sightings-status"), count ? words : t("No sightings here"));
  if (count === 0) showEmpty();
}

function showEmpty() {
  const words = isFiltered(view)
    ? t("Nobody whom these filters let through was seen in this time.")
    : t("Nobody was seen in this time. A sighting appears when a person has passed a camera.");
  showMessage("sightings", t("No sightings here"), view.has_picture === "true" ? `${words} ${sayNoPicture()}` : words);
}

/** @param {Problem} problem */
function showFailure(problem) {
  if (list.shown.length) {
    toast(problem.message);
    more.hidden = false;
    return;
  }
  clear();
  showMessage("warning", t("The sightings could not be read"), problem.message);
}

/** @param {string} icon @param {string} title @param {string} words */
function showMessage(icon, title, words) {
  setIcon(byId("message-icon"), icon);
  say(byId("message-title"), title);
  say(byId("message-words"), words);
  byId("panel").hidden = true;
  more.hidden = true;
  byId("message-again").hidden = icon !== "warning";
  byId("message-everybody").hidden = !isFiltered(view);
  byId("message-longer").hidden = icon === "warning" || view.range === "12m";
  byId("sightings-message").hidden = false;
  say(byId("sightings-status"), title);
}

/** Show the list as it was left; from the middle on, where it was long. @param {import("./place.js").Place} place */
async function returnTo({ id, count, cursor: from }) {
  const isLong = count > MOST_ROWS;
  await restart(isLong ? MOST_ROWS : Math.max(ROWS, count), isLong ? from : null);
  list.goTo(id);
}

/** @param {import("./list.js").Shown} shown */
function choose(shown) {
  panel.show(shown);
  const pageOf = pages.findLast(({ start }) => start <= list.chosen);
  leavePlace({ search: searchOf(view), id: shown.sighting.id, count: list.shown.length, cursor: pageOf?.cursor ?? null });
}

/** Say what the chosen one is, and go on to the next. @param {import("./reviews.js").ReviewLabel} label */
function review(label) {
  if (isWaiting) return;
  if (list.current) void reviewer.say(list.current.sighting, label);
  void step(1);
}

/** Go on by so many; at the end of what is shown, wait for the next page. @param {number} by */
async function step(by) {
  if (isWaiting) return;
  if (list.move(by) || !cursor) {
    if (cursor && list.chosen > list.shown.length - NEAR_END) void fetchNext();
    return;
  }
  isWaiting = true;
  await fetchNext();
  isWaiting = false;
  list.move(by);
}

async function undo() {
  const sighting = await reviewer.undo();
  if (sighting) list.goTo(sighting.id);
}

function agree() {
  const { current } = list;
  if (current && current.sighting.verdict !== "unsure") review(current.sighting.verdict);
  else if (current) toast(t("This one was not judged: say what it is, with 1 to 4."));
}

function withdraw() {
  if (list.current) void reviewer.withdraw(list.current.sighting);
}

/** @param {string} id @param {() => void} act */
function onClick(id, act) {
  byId(id).addEventListener("click", act);
}

async function start() {
  obeyRole(byId("sightings-page"));
  offerKeys(t("This list"), [
    { keys: ["j", "ArrowRight"], words: t("Next sighting"), act: () => void step(1) },
    { keys: ["k", "ArrowLeft"], words: t("Sighting before"), act: () => void step(-1) },
    { keys: ["Enter"], words: t("Open it") },
    ...reviewKeys(review, withdraw, () => void undo(), agree),
  ]);
  // Out of the choices, and on with the keys of the list.
  byId("filters").addEventListener("keydown", (event) => {
    if (event.key === "Escape") void step(list.current ? 0 : 1);
  });
  onClick("load-more", () => void fetchNext());
  onClick("from-start", () => void restart());
  onClick("message-again", () => void restart());
  onClick("message-everybody", () => go(withoutFilters(view)));
  onClick("message-longer", () => go({ ...view, range: "12m", day: "", since: "", until: "", zoom: null }));
  addEventListener("popstate", () => {
    view = readView(location.search);
    void restart();
  });
  filters.cameras = await listCameras().catch(() => []);
  const place = recallPlace(searchOf(view));
  await (place ? returnTo(place) : restart());
  new IntersectionObserver((entries) => {
    if (entries.some((one) => one.isIntersecting) && !more.hidden) void fetchNext();
  }, { rootMargin: "600px" }).observe(more);
}

void start();
