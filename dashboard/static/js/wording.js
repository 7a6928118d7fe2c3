// Put numbers and times into plain words.

import { peopleIn } from "./verdicts.js";
import { LOCALE, n, t } from "./words.js";

const CLOCK = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const SHORT_CLOCK = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(LOCALE, { weekday: "short", day: "numeric", month: "short" });
const DATE = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium" });
const FULL = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full", timeStyle: "long" });
const WHOLE = new Intl.NumberFormat(LOCALE);
const TENTHS = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });

/** @type {Readonly<Record<string, string>>} */
const ROLES = { viewer: t("viewer"), operator: t("operator"), admin: t("administrator") };

/** @param {number} count */
export function sayCount(count) {
  return WHOLE.format(count);
}

/** @param {number} value */
export function sayTenths(value) {
  return TENTHS.format(value);
}

/** @param {string} role */
export function sayRole(role) {
  return ROLES[role] ?? role;
}

/** @param {number | null} share 0 to 1; null where nobody was judged */
export function sayPercent(share) {
  return share === null ? "–" : `${Math.round(share * 100)} %`;
}

/** @param {number} count */
export function sayPeople(count) {
  return n("{n} person", "{n} people", count);
}

/**
 * Say how sure a rate is: its interval, of how many, and how many could be judged.
 * @param {Counts} counts
 */
export function sayCertainty(counts) {
  const people = peopleIn(counts);
  if (people === 0) return t("Nobody has been seen yet today");
  if (counts.interval === null) return n("{n} person seen, none could be judged yet", "{n} people seen, none could be judged yet", people);
  const facts = { interval: sayInterval(counts.interval), judged: sayPercent(counts.coverage) };
  return n("{interval}, from {n} person; {judged} could be judged", "{interval}, from {n} people; {judged} could be judged", people, facts);
}

/** @param {Interval} interval */
function sayInterval({ lower, upper }) {
  const [low, high] = [Math.round(lower * 100), Math.round(upper * 100)];
  return low === high ? t("About {low} %", { low }) : t("Between {low} and {high} %", { low, high });
}

/** Say a rate and its interval where there is little room. @param {Counts} counts */
export function sayRate({ rate, interval }) {
  if (interval === null) return t("none could be judged");
  const [low, high] = [Math.round(interval.lower * 100), Math.round(interval.upper * 100)];
  return low === high ? sayPercent(rate) : `${sayPercent(rate)} (${low}–${high} %)`;
}

/** @param {number} seconds */
export function saySpan(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return t("{n} s", { n: whole });
  if (whole < 3600) return t("{n} min", { n: Math.floor(whole / 60) });
  if (whole < 86_400) return t("{hours} h {minutes} min", { hours: Math.floor(whole / 3600), minutes: Math.floor((whole % 3600) / 60) });
  return n("{n} day", "{n} days", Math.floor(whole / 86_400));
}

/**
 * Say a moment in the viewer's own zone: the clock today, with the day before it else.
 * @param {Date} moment
 * @param {Date} [now]
 */
export function sayMoment(moment, now = new Date()) {
  const isToday = moment.toDateString() === now.toDateString();
  return isToday ? CLOCK.format(moment) : `${DAY.format(moment)}, ${CLOCK.format(moment)}`;
}

/** Say a day, with its year. @param {Date} moment */
export function sayDay(moment) {
  return DATE.format(moment);
}

/** @param {Date} moment */
export function sayClock(moment) {
  return SHORT_CLOCK.format(moment);
}

/** @param {Date} start @param {Date} end */
export function sayPeriod(start, end) {
  return SHORT_CLOCK.formatRange(start, end);
}

/** @param {HTMLElement} element a <time> @param {string} iso */
export function showMoment(element, iso) {
  const moment = new Date(iso);
  element.setAttribute("datetime", iso);
  element.textContent = sayMoment(moment);
  element.title = FULL.format(moment);
}

/**
 * Say what comes out of a camera: size, rate, codec.
 * @param {{ width: number | null, height: number | null, frames_per_second: number | null, codec: string }} stream
 */
export function sayStream({ width, height, frames_per_second: rate, codec }) {
  const parts = [];
  if (width && height) parts.push(`${width} × ${height}`);
  if (rate) parts.push(t("{n} pictures/s", { n: Math.round(rate * 10) / 10 }));
  if (codec) parts.push(sayCodec(codec));
  return parts.join(" · ");
}

/** @param {string} codec as libav names it */
export function sayCodec(codec) {
  /** @type {Record<string, string>} */
  const names = { h264: "H.264", hevc: "H.265", mjpeg: "MJPEG", mpeg4: "MPEG-4", av1: "AV1", vp9: "VP9" };
  return names[codec] ?? codec;
}
