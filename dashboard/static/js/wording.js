// Put numbers and times into plain words.

import { peopleIn } from "./verdicts.js";

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const SHORT_CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const WHOLE = new Intl.NumberFormat();

/** @param {number} count */
export function sayCount(count) {
  return WHOLE.format(count);
}

/** @param {number | null} share 0 to 1; null where nobody was judged */
export function sayPercent(share) {
  return share === null ? "–" : `${Math.round(share * 100)} %`;
}

/** @param {number} count */
export function sayPeople(count) {
  return count === 1 ? "1 person" : `${sayCount(count)} people`;
}

/**
 * Say how sure a rate is: its interval, of how many, and how many could be judged.
 * @param {Counts} counts
 */
export function sayCertainty(counts) {
  const people = peopleIn(counts);
  if (people === 0) return "Nobody has been seen yet today";
  if (counts.interval === null) return `${sayPeople(people)} seen, none could be judged yet`;
  const judged = `${sayPercent(counts.coverage)} could be judged`;
  return `${sayInterval(counts.interval)}, from ${sayPeople(people)}; ${judged}`;
}

/** @param {Interval} interval */
export function sayInterval({ lower, upper }) {
  const [low, high] = [Math.round(lower * 100), Math.round(upper * 100)];
  return low === high ? `About ${low} %` : `Between ${low} and ${high} %`;
}

/** Say a rate and its interval where there is little room. @param {Counts} counts */
export function sayRate({ rate, interval }) {
  if (interval === null) return "none could be judged";
  const [low, high] = [Math.round(interval.lower * 100), Math.round(interval.upper * 100)];
  return `${sayPercent(rate)} (${low}–${high} %)`;
}

/** @param {number} seconds */
export function saySpan(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d`;
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
  if (rate) parts.push(`${WHOLE.format(Math.round(rate * 10) / 10)} pictures/s`);
  if (codec) parts.push(sayCodec(codec));
  return parts.join(" · ");
}

/** @param {string} codec as libav names it */
export function sayCodec(codec) {
  /** @type {Record<string, string>} */
  const names = { h264: "H.264", hevc: "H.265", mjpeg: "MJPEG", mpeg4: "MPEG-4", av1: "AV1", vp9: "VP9" };
  return names[codec] ?? codec;
}
