// What stood there before and after, field by field, as people read it.

import { sayField } from "./audit-words.js";
import { nameBrowser } from "./browsers.js";
import { make } from "../page.js";
import { sayScopes } from "./token-words.js";
import { WORDS } from "../verdicts.js";
import { sayClock, sayDay, sayRole } from "../wording.js";
import { LOCALE, n, t } from "../words.js";

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
const LONGEST = 160;
const NUMBER = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 6 });

/** Words that stand in the audit as the server spells them. @type {Readonly<Record<string, Readonly<Record<string, string>>>>} */
const VALUES = {
  by: { password: t("password"), link: t("link"), "set-up link": t("set-up link"), "password link": t("password link") },
  theme: { light: t("light"), dark: t("dark") },
  language: { en: "English", de: "Deutsch" },
  evidence: { numbers: t("Numbers only"), blurred: t("Blurred"), sharp: t("Sharp") },
  transport: { tcp: "TCP", udp: "UDP" },
  label: { ...WORDS, not_a_face: t("Not a face") },
};

/**
 * @typedef {Record<string, any> | null} Facts
 * @typedef {{ path: string, before: unknown, after: unknown }} Change undefined: it stood not there
 * @typedef {Readonly<Record<string, ReadonlyMap<number, string>>>} Names of sites, groups and users, by field
 */

/**
 * Spread what stood there into single fields, those that differ.
 * @param {Facts} before @param {Facts} after @returns {Change[]}
 */
export function changesOf(before, after) {
  const [old, now] = [spread(before), spread(after)];
  const paths = [...new Set([...old.keys(), ...now.keys()])];
  return paths
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after));
}

/**
 * @param {Facts} facts @param {string} [prefix]
 * @returns {Map<string, unknown>} values by path; lists stay whole
 */
function spread(facts, prefix = "") {
  /** @type {Map<string, unknown>} */
  const found = new Map();
  for (const [name, value] of Object.entries(facts ?? {})) {
    const path = prefix + name;
    if (value === null || typeof value !== "object" || Array.isArray(value)) found.set(path, value);
    else for (const [inner, part] of spread(value, `${path}.`)) found.set(inner, part);
  }
  return found;
}

/**
 * Tell whether values say something where only one side is known: most of what is empty does not.
 * @param {Change} change @param {string} name that is said anyway
 */
export function isTelling({ path, before, after }, name) {
  const value = before ?? after;
  if (path === "scopes") return true; // none: all
  const isEmpty = value === undefined || value === null || value === false || value === "" || (Array.isArray(value) && value.length === 0);
  return !isEmpty && value !== name;
}

/** @param {Change} change @param {Names} names */
export function changeRow(change, names) {
  const row = make("div", "", "change");
  const values = make("dd");
  if (isSaid(change.before)) values.append(valueOf("del", t("before:"), sayValue(change.path, change.before, names)));
  if (isSaid(change.before) && isSaid(change.after)) values.append(arrow());
  if (isSaid(change.after)) values.append(valueOf("ins", t("after:"), sayValue(change.path, change.after, names)));
  row.append(make("dt", sayField(change.path)), values);
  return row;
}

/** @param {unknown} value */
function isSaid(value) {
  return value !== undefined;
}

/** @param {"del" | "ins"} tag @param {string} words for who cannot see it @param {string} value */
function valueOf(tag, words, value) {
  const element = make(tag);
  element.append(make("span", `${words} `, "visually-hidden"), value);
  return element;
}

function arrow() {
  const element = make("span", "→", "soft");
  element.setAttribute("aria-hidden", "true");
  return element;
}

/** @param {string} path @param {unknown} value @param {Names} names @returns {string} */
function sayValue(path, value, names) {
  const field = path.split(".").at(-1) ?? path;
  if (value === null || value === "") return t("nothing");
  if (value === true) return t("yes");
  if (value === false) return t("no");
  if (field === "role") return sayRole(String(value));
  if (field === "browser") return nameBrowser(String(value));
  if (field === "scopes" && Array.isArray(value)) return sayScopes(value);
  if (field === "schedule" && Array.isArray(value)) return value.map(saySpans).join("; ") || t("always");
  if (Array.isArray(value)) return sayList(field, value, names);
  if (typeof value === "number") return names[field]?.get(value) ?? NUMBER.format(value);
  return VALUES[field]?.[String(value)] ?? sayText(String(value));
}

/** @param {string} field @param {unknown[]} values @param {Names} names */
function sayList(field, values, names) {
  if (values.length === 0) return t("none");
  if (values.some((one) => typeof one === "object")) return n("{n} entry", "{n} entries", values.length);
  return values.map((one) => names[field]?.get(Number(one)) ?? String(one)).join(", ");
}

/** @param {{ days?: string[], from?: string, to?: string }} span of a schedule */
function saySpans({ days = [], from = "", to = "" }) {
  const format = new Intl.DateTimeFormat(LOCALE, { weekday: "short" });
  const week = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
  // The first of January 2024 was a Monday.
  const names = days.map((day) => format.format(new Date(2024, 0, 1 + week.indexOf(day))));
  return `${names.join(", ")} ${from}–${to}`;
}

/** @param {string} text */
function sayText(text) {
  if (TIME.test(text)) return `${sayDay(new Date(text))}, ${sayClock(new Date(text))}`;
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
