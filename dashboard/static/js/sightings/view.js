// What the address says of a list of sightings: which time, which cameras, which people, in which form.

import { dayOf, nameDay, readSpan, shiftDays, shiftYear } from "../days.js";
import { placesAsked, readPlaces } from "../places.js";

/** @typedef {import("../days.js").Span} Span */
/** @typedef {"24h" | "7d" | "30d" | "12m" | "day" | "custom"} Range */
/** @typedef {"" | "true" | "false"} Choice "" is whichever */

/**
 * day: of the range "day"; since, until: the first and last day of a custom range. zoom: a
 * part of the range. site, zone: null for all, empty for cameras without one.
 * @typedef {object} View
 * @property {Range} range
 * @property {string} day @property {string} since @property {string} until
 * @property {Span | null} zoom
 * @property {string} camera @property {string | null} site @property {string | null} zone
 * @property {string} verdict "" is every one
 * @property {Choice} has_picture @property {Choice} is_required @property {Choice} reviewed
 * @property {"newest" | "oldest"} order
 * @property {"gallery" | "table"} form
 */

const DAY_MS = 86_400_000;

/** @type {readonly Range[]} */
const RANGES = ["24h", "7d", "30d", "12m", "day", "custom"];
const VERDICTS = ["mask", "incorrect_mask", "no_mask", "unsure"];
/** The choices that stand in the address and in the API's question alike. */
/** @type {readonly ("has_picture" | "is_required" | "reviewed")[]} */
const CHOICES = ["has_picture", "is_required", "reviewed"];

/** @param {string} search of the address @returns {View} what cannot be understood is left out */
export function readView(search) {
  const asked = new URLSearchParams(search);
  const [since, until] = [asked.get("since") ?? "", asked.get("until") ?? ""].sort();
  const day = dayOf(asked.get("day") ?? "") ? String(asked.get("day")) : "";
  const hasDays = dayOf(since) !== null && dayOf(until) !== null;
  const range = RANGES.find((one) => one === asked.get("range")) ?? "24h";
  const isWhole = (range !== "custom" || hasDays) && (range !== "day" || day !== "");
  return {
    range: isWhole ? range : "24h",
    day,
    since: hasDays ? since : "",
    until: hasDays ? until : "",
    zoom: readSpan(asked.get("from"), asked.get("to")),
    ...readPlaces(asked),
    verdict: VERDICTS.find((one) => one === asked.get("verdict")) ?? "",
    has_picture: readChoice(asked.get("has_picture")),
    is_required: readChoice(asked.get("is_required")),
    reviewed: readChoice(asked.get("reviewed")),
    order: asked.get("order") === "oldest" ? "oldest" : "newest",
    form: asked.get("view") === "table" ? "table" : "gallery",
  };
}

/** @param {View} view @returns {string} its part of an address: "" where nothing was chosen */
export function searchOf(view) {
  const said = new URLSearchParams();
  if (view.range !== "24h") said.set("range", view.range);
  if (view.range === "day") said.set("day", view.day);
  if (view.range === "custom") {
    said.set("since", view.since);
    said.set("until", view.until);
  }
  if (view.zoom) {
    said.set("from", view.zoom.start.toISOString());
    said.set("to", view.zoom.end.toISOString());
  }
  for (const [name, value] of filtersOf(view)) said.set(name, value);
  if (view.order === "oldest") said.set("order", view.order);
  if (view.form === "table") said.set("view", view.form);
  const search = said.toString();
  return search && `?${search}`;
}

/** @param {View} view @param {Date} now @returns {URLSearchParams} what the API is asked */
export function questionOf(view, now) {
  const { start, end } = spanOf(view, now);
  return new URLSearchParams([
    ["from", start.toISOString()],
    ["to", end.toISOString()],
    ...filtersOf(view),
  ]);
}

/** @param {View} view @param {Date} now @returns {Span} */
export function spanOf(view, now) {
  return view.zoom ?? wholeSpan(view, now);
}

/** @param {View} view @param {Date} now @returns {Span} the whole range: days of the viewer's zone */
export function wholeSpan(view, now) {
  const day = view.range === "day" ? dayOf(view.day) : dayOf(view.since);
  const last = view.range === "day" ? day : dayOf(view.until);
  if ((view.range === "day" || view.range === "custom") && day && last) return { start: day, end: shiftDays(last, 1) };
  if (view.range === "12m") return { start: shiftYear(now), end: now };
  const days = view.range === "30d" ? 30 : view.range === "7d" ? 7 : 1;
  return { start: new Date(now.getTime() - days * DAY_MS), end: now };
}

/** @param {View} view @param {Date} day @returns {View} the same of that day */
export function viewOfDay(view, day) {
  return { ...view, range: "day", day: nameDay(day), zoom: null };
}

/** @param {View} view @returns {boolean} whether something beside the time is chosen */
export function isFiltered(view) {
  return filtersOf(view).length > 0;
}

/** @param {View} view @returns {View} the same time, and everybody */
export function withoutFilters(view) {
  return { ...view, camera: "", site: null, zone: null, verdict: "", has_picture: "", is_required: "", reviewed: "" };
}

/** @param {View} view @returns {[string, string][]} as addresses and the API name them */
function filtersOf(view) {
  /** @type {[string, string][]} */
  const choices = CHOICES.flatMap((name) => (view[name] ? [[name, view[name]]] : []));
  if (view.verdict) choices.unshift(["verdict", view.verdict]);
  return [...placesAsked(view), ...choices];
}

/** @param {string | null} value @returns {Choice} */
function readChoice(value) {
  return value === "true" || value === "false" ? value : "";
}
