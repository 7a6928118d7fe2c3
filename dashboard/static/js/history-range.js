// What the address says of a view on the history: which time, which cameras; in the viewer's own zone.

import { dayBegin, dayOf, readSpan, shiftDays, shiftYear, ZONE } from "./days.js";
import { placesAsked, readPlaces } from "./places.js";

/** @typedef {"today" | "7d" | "30d" | "12m" | "custom"} Preset */
/** @typedef {import("./days.js").Span} Span */
/** @typedef {"minute" | "quarter" | "hour" | "day"} Bucket */
/** @typedef {"camera" | "site" | "zone"} Grouping */

/**
 * since, until: the first and last day of a custom range, as 2026-10-25. zoom: a part of
 * the range. site, zone: null for all, empty for cameras without one.
 * @typedef {object} View
 * @property {Preset} preset
 * @property {string} since @property {string} until
 * @property {Span | null} zoom
 * @property {string} camera @property {string | null} site @property {string | null} zone
 * @property {Grouping} by
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The longest ranges, in hours, that are cut into minutes, quarters and hours. */
const MINUTES_MOST_H = 2;
const QUARTERS_MOST_H = 12;
const HOURS_MOST_H = 10 * 24 + 1;
/** Hours are shown one by one up to two days, weeks from four months on. */
const HOURS_ALONE_MOST_H = 2 * 24 + 1;
const DAYS_MOST_H = 120 * 24;

/** @type {readonly Preset[]} */
const PRESETS = ["today", "7d", "30d", "12m", "custom"];
/** @type {readonly Grouping[]} */
const GROUPINGS = ["camera", "site", "zone"];

/** @param {string} search of the address @returns {View} what cannot be understood is left out */
export function readView(search) {
  const asked = new URLSearchParams(search);
  const [since, until] = [asked.get("since") ?? "", asked.get("until") ?? ""].sort();
  const preset = PRESETS.find((one) => one === asked.get("range")) ?? "7d";
  const hasDays = dayOf(since) !== null && dayOf(until) !== null;
  return {
    preset: preset === "custom" && !hasDays ? "7d" : preset,
    since: hasDays ? since : "",
    until: hasDays ? until : "",
    zoom: readSpan(asked.get("from"), asked.get("to")),
    ...readPlaces(asked),
    by: GROUPINGS.find((one) => one === asked.get("by")) ?? "camera",
  };
}

/** @param {View} view @returns {string} the page's address of this view */
export function addressOf(view) {
  const said = new URLSearchParams({ range: view.preset });
  if (view.preset === "custom") {
    said.set("since", view.since);
    said.set("until", view.until);
  }
  for (const [name, value] of placesAsked(view)) said.set(name, value);
  if (view.zoom) {
    said.set("from", view.zoom.start.toISOString());
    said.set("to", view.zoom.end.toISOString());
  }
  if (view.by !== "camera") said.set("by", view.by);
  return `/history?${said}`;
}

/** @param {View} view @param {Date} now @returns {Span} what is shown: the zoomed part, else all */
export function spanOf(view, now) {
  return view.zoom ?? wholeSpan(view, now);
}

/**
 * The whole range: days of the viewer's zone, the last one up to the minute that runs.
 * @param {View} view @param {Date} now @returns {Span}
 */
export function wholeSpan(view, now) {
  const [first, last] = daysOf(view, now);
  const running = Math.floor(now.getTime() / MINUTE_MS + 1) * MINUTE_MS;
  const end = Math.min(shiftDays(last, 1).getTime(), running);
  return { start: first, end: end > first.getTime() ? new Date(end) : shiftDays(last, 1) };
}

/** @param {View} view @param {Date} now @returns {Span} the same length of time before */
export function spanBefore(view, now) {
  const { start, end } = spanOf(view, now);
  if (view.zoom) return { start: new Date(start.getTime() * 2 - end.getTime()), end: start };
  if (view.preset === "12m") return { start: shiftYear(start), end: shiftYear(end) };
  const [first, last] = daysOf(view, now);
  const days = Math.round((last.getTime() - first.getTime()) / DAY_MS) + 1;
  return { start: shiftDays(start, -days), end: shiftDays(end, -days) };
}

/** @param {Span} span @returns {Bucket} */
export function bucketOf(span) {
  const hours = hoursIn(span);
  if (hours <= MINUTES_MOST_H) return "minute";
  if (hours <= QUARTERS_MOST_H) return "quarter";
  return hours <= HOURS_MOST_H ? "hour" : "day";
}

/**
 * How buckets are joined to be shown: single ones of few people leap about.
 * @param {Span} span @returns {"week" | "hours" | "none"}
 */
export function joiningOf(span) {
  const hours = hoursIn(span);
  if (hours > DAYS_MOST_H) return "week";
  return hours > HOURS_ALONE_MOST_H && hours <= HOURS_MOST_H ? "hours" : "none";
}

/** @param {Span} span @param {View} view @returns {URLSearchParams} what the API is asked */
export function questionOf({ start, end }, view) {
  return new URLSearchParams([
    ["from", start.toISOString()],
    ["to", end.toISOString()],
    ["tz", ZONE],
    ...placesAsked(view),
  ]);
}

/** @param {Span} span */
function hoursIn({ start, end }) {
  return (end.getTime() - start.getTime()) / HOUR_MS;
}

/** @param {View} view @param {Date} now @returns {[Date, Date]} midnights of its first and last day */
function daysOf(view, now) {
  const today = dayBegin(now);
  const [since, until] = [dayOf(view.since), dayOf(view.until)];
  if (view.preset === "custom" && since && until) return [since, until];
  if (view.preset === "12m") return [shiftDays(shiftYear(today), 1), today];
  const days = { today: 1, "7d": 7, "30d": 30, custom: 7 }[view.preset];
  return [shiftDays(today, 1 - days), today];
}
