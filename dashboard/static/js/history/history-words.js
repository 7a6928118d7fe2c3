// The history in words that need no statistics: how many, how sure, how much of the time.

import { compareRates } from "./stretches.js";
import { peopleIn, VERDICTS, WORDS } from "../verdicts.js";
import { LOCALE, n, t } from "../words.js";
import { sayCount, sayPercent, sayRate } from "../wording.js";

/** @typedef {import("../history-range.js").Span} Span */
/** @typedef {import("../history-range.js").View} View */
/** @typedef {import("./stretches.js").Stretch} Stretch */

const DAY_S = 86_400;
const HOUR_S = 3600;
const SHORTEST_DAY_S = 22 * HOUR_S;

/** Fewer judged people than these say too little to compare: the interval is over 35 points wide. */
const LEAST_PEOPLE = 20;

const DATE = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", year: "numeric" });
const WEEKDAY = new Intl.DateTimeFormat(LOCALE, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
const MOMENT = new Intl.DateTimeFormat(LOCALE, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const ZONED = new Intl.DateTimeFormat(LOCALE, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
const ZONED_CLOCK = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", timeZoneName: "short" });

/** @param {Counts} counts */
export function judgedIn(counts) {
  return counts.mask + counts.incorrect_mask + counts.no_mask;
}

/** @param {Counts} counts @returns {boolean} whether too few people were judged to say much */
export function isScarce(counts) {
  return judgedIn(counts) < LEAST_PEOPLE;
}

/** @param {Span} span @returns {string} its days, with the clock where it is cut within a day */
export function saySpanOfDays({ start, end }) {
  const last = new Date(end.getTime() - 1000);
  const isWhole = isMidnight(start) && (isMidnight(end) || end.getTime() > Date.now() - 120_000);
  return isWhole ? DATE.formatRange(start, last) : MOMENT.formatRange(start, end);
}

/** @param {Stretch} stretch @returns {string} when it was, as short as is clear */
export function sayWhen(stretch) {
  const [start, end] = [stretch.start, stretch.end].map((at) => new Date(at * 1000));
  const seconds = stretch.end - stretch.start;
  if (seconds > 1.5 * DAY_S) return DATE.formatRange(start, new Date(end.getTime() - 1000));
  if (isMidnight(start) && seconds > SHORTEST_DAY_S) return sayDay(start, seconds);
  // On the day on which clocks change, an hour may come twice; of such a one, formatRange says the half.
  return clocksChange(start) ? `${ZONED.format(start)} – ${ZONED_CLOCK.format(end)}` : MOMENT.formatRange(start, end);
}

/** @param {Stretch} stretch @returns {string} what is known of it */
export function sayWhat(stretch) {
  if (stretch.isGap) {
    return stretch.seen === null ? t("no camera was there yet") : t("not known: no camera delivered");
  }
  const people = peopleIn(stretch);
  if (people === 0) return t("nobody was seen");
  const said = n("{rate}, {n} person", "{rate}, {n} people", people, { rate: sayRate(stretch) });
  return stretch.seen !== null && stretch.seen < 0.9 ? t("{said}; cameras delivered {seen} of the time", { said, seen: sayPercent(stretch.seen) }) : said;
}

/** @param {Counts} counts @returns {string} the verdicts one by one */
export function sayVerdicts(counts) {
  return VERDICTS.map((verdict) => `${WORDS[verdict]} ${sayCount(counts[verdict])}`).join(" · ");
}

/** @param {Counts} totals */
export function sayHowSure(totals) {
  if (!totals.interval) return t("Nobody could be judged, so there is no rate");
  const [low, high] = [totals.interval.lower, totals.interval.upper].map((share) => Math.round(share * 100));
  if (low === high) return t("The true share is about {low} %", { low });
  return t("The true share lies between {low} and {high} %, in 19 of 20 cases", { low, high });
}

/** @param {Counts} totals */
export function sayJudged(totals) {
  return t("{judged} of {people}; the others were too far off, too blurred or too brief, and count in no rate", {
    judged: judgedIn(totals),
    people: peopleIn(totals),
  });
}

/** @param {View} view @returns {string} the time that it is compared with */
export function sayBefore(view) {
  if (view.zoom || view.preset === "custom") return t("the same time before");
  return {
    today: t("yesterday at this time"),
    "7d": t("the 7 days before"),
    "30d": t("the 30 days before"),
    "12m": t("the 12 months before"),
  }[view.preset];
}

/**
 * Say how a rate compares with the one before, and whether chance may explain it.
 * @param {Counts} after @param {Counts | null} before @param {string} when the time before, in words
 */
export function sayChange(after, before, when) {
  const change = before && compareRates(after, before);
  if (!before || !change) return t("Nothing to compare with in {when}", { when });
  const facts = { when, rate: sayPercent(before.rate), points: Math.abs(Math.round(change.by * 100)) };
  if (!change.isClear) return t("Not clearly different from {when} ({rate}): chance may explain it", facts);
  return change.by > 0
    ? t("{points} points more than {when} ({rate}), clearly", facts)
    : t("{points} points less than {when} ({rate}), clearly", facts);
}

/** @param {Counts} after @param {Counts | undefined} before @returns {string} empty where it is not clear */
export function sayShortChange(after, before) {
  const change = before && compareRates(after, before);
  if (!change?.isClear) return "";
  const points = Math.abs(Math.round(change.by * 100));
  return change.by > 0 ? t("▲ {points} points", { points }) : t("▼ {points} points", { points });
}

/** @param {Date} start @param {number} seconds */
function sayDay(start, seconds) {
  const hours = Math.round(seconds / HOUR_S);
  const day = WEEKDAY.format(start);
  return clocksChange(start) && hours !== 24 ? t("{day} ({hours} hours: clocks changed)", { day, hours }) : day;
}

/** @param {Date} moment */
function isMidnight(moment) {
  return moment.getHours() === 0 && moment.getMinutes() === 0;
}

/** @param {Date} moment @returns {boolean} whether clocks change on its day */
function clocksChange(moment) {
  const [year, month, day] = [moment.getFullYear(), moment.getMonth(), moment.getDate()];
  return new Date(year, month, day).getTimezoneOffset() !== new Date(year, month, day + 1).getTimezoneOffset();
}
