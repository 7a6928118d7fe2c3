// What the history says where there is nothing, or not all, to show: why, and what to do.

import { byId, icon, make, obeyRole, say, setIcon } from "../page.js";
import { peopleIn } from "../verdicts.js";
import { ZONE } from "../days.js";
import { LOCALE, n, t } from "../words.js";
import { sayPercent } from "../wording.js";

/** @typedef {import("../history-range.js").View} View */
/** @typedef {{ icon: string, title: string, words: string, ways: HTMLElement[] }} Message */

/** Below these shares it is said that the rest is not known. */
const WELL_SEEN = 0.95;
const WELL_JUDGED = 0.8;

const DATE = new Intl.DateTimeFormat(LOCALE, { dateStyle: "long" });

/**
 * @typedef {object} Situation
 * @property {View} view @property {Compliance | null} found @property {boolean} hasCameras
 * @property {boolean} isNowhere whether none of the cameras is where the view looks
 * @property {(view: View) => void} go @property {Error} [error] @property {() => void} [again]
 */

/** Explain an empty page. @param {Situation} situation @returns {boolean} whether there was something to explain */
export function showMessage(situation) {
  const message = messageOf(situation);
  byId("history-message").hidden = message === null;
  if (!message) return false;
  setIcon(byId("message-icon"), message.icon);
  say(byId("message-title"), message.title);
  say(byId("message-words"), message.words);
  byId("message-ways").replaceChildren(...message.ways);
  obeyRole(byId("message-ways"));
  say(byId("history-status"), message.title);
  return true;
}

/** @param {Situation} situation @returns {Message | null} */
function messageOf({ view, found, hasCameras, isNowhere, go, error, again }) {
  if (isNowhere && !(found && peopleIn(found.totals))) {
    return { icon: "camera", title: t("These cameras cannot be shown"), words: t("They were removed or moved, or they hang at a site that you may not see."), ways: otherCameras(view, go) };
  }
  if (error) {
    return { icon: "warning", title: t("The history could not be read"), words: error.message, ways: [way(t("Try again"), () => again?.()), ...otherCameras(view, go)] };
  }
  if (!found || peopleIn(found.totals) > 0) return null;
  if (!hasCameras) {
    return { icon: "camera", title: t("No history yet"), words: t("There is no camera. From the first one on, each person who passes is counted."), ways: [addCamera()] };
  }
  if (found.totals.seen === null) {
    return { icon: "chart", title: t("No camera was there in this time"), words: t("Choose a later time, or other cameras."), ways: widerWays(view, go) };
  }
  if (found.totals.seen === 0) {
    return { icon: "warning", title: t("Nothing is known of this time"), words: t("No camera delivered a picture. That does not mean that nobody came: look whether the cameras are paused or cannot be reached."), ways: [...widerWays(view, go), camerasLink()] };
  }
  return { icon: "people", title: t("Nobody was seen in this time"), words: t("The cameras delivered for {seen} of it. Choose a longer time, or other cameras.", { seen: sayPercent(found.totals.seen) }), ways: widerWays(view, go) };
}

/** @param {View} view @param {(view: View) => void} go @returns {HTMLElement[]} */
function widerWays(view, go) {
  const others = otherCameras(view, go);
  if (view.zoom) return [way(t("Show the whole time"), () => go({ ...view, zoom: null })), ...others];
  if (view.preset === "12m") return others;
  return [way(t("Show 12 months"), () => go({ ...view, preset: "12m", since: "", until: "" })), ...others];
}

/** @param {View} view @param {(view: View) => void} go @returns {HTMLElement[]} */
function otherCameras(view, go) {
  if (!view.camera && view.site === null && view.zone === null) return [];
  return [way(t("Show all cameras"), () => go({ ...view, camera: "", site: null, zone: null }))];
}

/** @param {string} words @param {() => void} act */
function way(words, act) {
  const button = make("button", words, "button");
  button.setAttribute("type", "button");
  button.addEventListener("click", act);
  return button;
}

function addCamera() {
  const link = make("a", "", "button is-main");
  link.setAttribute("href", "/cameras/new");
  link.dataset.needs = "operator";
  link.append(icon("add"), make("span", t("Add a camera")));
  return link;
}

function camerasLink() {
  const link = make("a", t("Look at the cameras"), "button");
  link.setAttribute("href", "/cameras");
  return link;
}

/**
 * Say what limits the numbers, above the charts.
 * @param {Compliance} found @param {import("../history-range.js").Span} span
 * @param {import("./stretches.js").Stretch[]} stretches
 */
export function showNotes({ totals, model_versions: versions, minutes_from: from }, span, stretches) {
  const notes = [];
  const first = stretches.find(({ seen }) => seen !== null);
  if (first && first.start > span.start.getTime() / 1000 && stretches[0].seen === null) {
    notes.push(note("info", t("The record begins with the first camera, on {day}.", { day: DATE.format(new Date(first.start * 1000)) })));
  }
  if (totals.seen !== null && totals.seen < WELL_SEEN) {
    notes.push(note("warning", t("Cameras delivered in only {seen} of this time; the numbers tell of that part alone.", { seen: sayPercent(totals.seen) }), camerasWay()));
  }
  if (totals.coverage !== null && totals.coverage < WELL_JUDGED) {
    notes.push(note("info", t("Only {share} of the people could be judged. Faces may be too far off, too dark or turned away.", { share: sayPercent(totals.coverage) }), camerasWay()));
  }
  if (versions.length > 1) {
    const names = { n: versions.length, names: versions.join(", ") };
    notes.push(note("info", n("One model judged: {names}.", "{n} model versions judged in this time ({names}): a change of the rate may be a change of the model.", versions.length, names)));
  }
  const house = byId("history-page").dataset.timeZone ?? ZONE;
  if (clockOf(house) !== clockOf(ZONE)) {
    notes.push(note("info", t("Days and hours are those of this device ({here}), not those of where the cameras hang ({there}).", { here: ZONE, there: house })));
  }
  const isByMinutes = stretches.some(({ start, end }) => end - start < 600);
  if (isByMinutes && from && Date.parse(from) > (stretches[0]?.start ?? 0) * 1000) {
    notes.push(note("info", t("Single minutes of this time are kept no more. Choose a longer time to see it by quarters of an hour.")));
  }
  byId("notes").replaceChildren(...notes);
}

/** @param {string} zone @returns {string} what its clocks show now */
function clockOf(zone) {
  return new Date().toLocaleString("en", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
}

/** @param {string} name of the icon @param {string} words @param {HTMLElement} [link] */
function note(name, words, link) {
  const box = make("p", "", "note");
  const text = make("span", `${words} `);
  if (link) text.append(link);
  box.append(icon(name), text);
  return box;
}

function camerasWay() {
  const link = make("a", t("Look at the cameras"));
  link.setAttribute("href", "/cameras");
  return link;
}
