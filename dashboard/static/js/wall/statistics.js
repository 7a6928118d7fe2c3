// The wall's numbers: people now, today's compliance and how sure it is.

import { byId, icon, make, say } from "../page.js";
import { VERDICTS, WORDS } from "../verdicts.js";
import { sayCertainty, sayCount, sayPercent } from "../wording.js";
import { n, t } from "../words.js";

/**
 * Show the numbers of all cameras, or of one.
 * @param {LiveStatistics} statistics @param {number} cameras how many there are
 * @param {number | null} cameraId
 */
export function showStatistics(statistics, cameras, cameraId) {
  const one = statistics.cameras.find((camera) => camera.camera_id === cameraId) ?? null;
  const { people_now: people, today } = one ?? statistics;
  say(byId("people-now"), one && one.state !== "live" ? "–" : sayCount(people));
  say(byId("people-where"), one ? sayDuty(one) : sayWhere(statistics, cameras));
  say(byId("rate-today"), sayPercent(today.rate));
  say(byId("rate-words"), sayCertainty(today));
  say(byId("bar-people"), sayCount(statistics.people_now));
  say(byId("bar-rate"), sayPercent(statistics.today.rate));
  showInterval(today);
  showCounts(today);
}

/** @param {CameraStatistics} camera */
function sayDuty(camera) {
  if (camera.state !== "live") return t("not counted now");
  return camera.is_required === false ? t("no mask needed now") : t("in the picture");
}

/** @param {LiveStatistics} statistics @param {number} cameras */
function sayWhere(statistics, cameras) {
  const live = statistics.cameras.filter((camera) => camera.state === "live").length;
  if (live === cameras) return n("at {n} camera, all live", "at {n} cameras, all live", cameras);
  return n("at {n} camera, {live} live", "at {n} cameras, {live} live", cameras, { live });
}

/** @param {Counts} today */
function showInterval({ rate, interval }) {
  const bar = byId("interval-today");
  bar.hidden = rate === null || interval === null;
  if (rate === null || interval === null) return;
  bar.style.setProperty("--rate", String(rate));
  bar.style.setProperty("--lower", String(interval.lower));
  bar.style.setProperty("--upper", String(interval.upper));
}

/** @param {Counts} today */
function showCounts(today) {
  const list = byId("counts-today");
  if (!list.childElementCount) list.append(...VERDICTS.map(countItem));
  VERDICTS.forEach((verdict, index) => {
    const value = list.children[index].querySelector("strong");
    if (value) say(value, sayCount(today[verdict]));
  });
}

/** @param {Verdict} verdict */
function countItem(verdict) {
  const item = make("li", "", "count");
  item.dataset.verdict = verdict;
  item.append(icon(verdict), make("strong", "0"), make("span", WORDS[verdict]));
  return item;
}
