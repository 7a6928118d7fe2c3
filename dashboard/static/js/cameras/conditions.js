// How cameras do: words and icons of conditions, and which camera comes first.

import { t } from "../words.js";

/** A camera, and how it does; viewers are told its state alone. @typedef {{ camera: Camera, now: CameraCondition | null, condition: Condition }} Known */

/** Worst first. @type {readonly Condition[]} */
export const CONDITIONS = ["lost", "waiting", "slow", "unsteady", "good", "paused"];

/** @type {Readonly<Record<Condition, string>>} */
export const CONDITION_WORDS = {
  lost: t("Reconnecting"),
  waiting: t("Connecting"),
  slow: t("Slow"),
  unsteady: t("Unsteady"),
  good: t("Live"),
  paused: t("Paused"),
};

/** @type {Readonly<Record<Condition, string>>} */
export const CONDITION_ICONS = {
  lost: "reconnecting",
  waiting: "connecting",
  slow: "delayed",
  unsteady: "warning",
  good: "live",
  paused: "paused",
};

/** @type {Readonly<Record<CameraState, Condition>>} */
const OF_STATE = { live: "good", connecting: "waiting", reconnecting: "lost", paused: "paused" };

/** @param {Condition} condition */
export function isIll(condition) {
  return condition !== "good" && condition !== "paused";
}

/**
 * Put cameras and what is known of them together.
 * @param {Camera[]} cameras @param {CameraCondition[]} conditions @returns {Known[]}
 */
export function knowAll(cameras, conditions) {
  const byId = new Map(conditions.map((one) => [one.camera_id, one]));
  return cameras.map((camera) => {
    const now = byId.get(camera.id) ?? null;
    return { camera, now, condition: now?.condition ?? conditionOf(camera) };
  });
}

/** @param {Camera} camera @returns {Condition} by its stream alone */
function conditionOf(camera) {
  if (camera.is_paused) return "paused";
  return camera.health && camera.health.state !== "paused" ? OF_STATE[camera.health.state] : "waiting";
}

/** @param {Known[]} known @returns {Map<Condition, number>} how many there are of each, worst first */
export function countConditions(known) {
  const counts = CONDITIONS.map((condition) => /** @type {[Condition, number]} */ ([condition, known.filter((one) => one.condition === condition).length]));
  return new Map(counts.filter(([, count]) => count > 0));
}

/**
 * Choose cameras by words that all occur in name, place or address, by site and by condition.
 * @param {Known[]} known @param {{ search: string, site: string | null, condition: string }} view
 */
export function chooseKnown(known, { search, site, condition }) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return known.filter(({ camera, condition: its }) => {
    const text = [camera.name, camera.site, camera.zone, camera.url].join(" ").toLowerCase();
    return words.every((word) => text.includes(word)) && (site === null || camera.site === site) && (!condition || its === condition);
  });
}

/** @param {Known[]} known @param {string} order empty for the worst first */
export function orderKnown(known, order) {
  const rank = (/** @type {Known} */ one) => ({
    latency: -(one.now?.latency.p95_s ?? -1),
    reconnects: -(one.now?.reconnects_day ?? 0),
    name: 0,
  })[order] ?? CONDITIONS.indexOf(one.condition);
  return [...known].sort((a, b) => rank(a) - rank(b) || a.camera.name.localeCompare(b.camera.name));
}
