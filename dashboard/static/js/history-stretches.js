// The server's buckets as the stretches of a chart: each with its end, days as weeks where there are many.

import { joinBuckets } from "./periods.js";

/**
 * start, end: seconds since 1970. seen: the share of the time in which cameras delivered;
 * null where there was no camera.
 * @typedef {import("./periods.js").Period & { end: number, seen: number | null }} Stretch
 */

/**
 * @param {ComplianceBucket[]} series @param {Date} end of the range
 * @param {boolean} isByWeeks @returns {Stretch[]}
 */
export function stretchesOf(series, end, isByWeeks) {
  const groups = isByWeeks ? groupWeeks(series) : series.map((bucket) => [bucket]);
  const starts = groups.map(([first]) => Date.parse(first.start) / 1000);
  return groups.map((buckets, index) => ({
    ...joinBuckets(starts[index], buckets),
    end: starts[index + 1] ?? end.getTime() / 1000,
    seen: meanSeen(buckets),
  }));
}

/** @param {ComplianceBucket[]} days @returns {ComplianceBucket[][]} cut at Mondays of the viewer's zone */
function groupWeeks(days) {
  /** @type {ComplianceBucket[][]} */
  const weeks = [];
  for (const day of days) {
    const isMonday = new Date(day.start).getDay() === 1;
    if (isMonday || !weeks.length) weeks.push([]);
    weeks[weeks.length - 1].push(day);
  }
  return weeks;
}

/** @param {ComplianceBucket[]} buckets */
function meanSeen(buckets) {
  const known = buckets.flatMap(({ seen }) => (seen === null ? [] : [seen]));
  return known.length ? known.reduce((sum, seen) => sum + seen, 0) / known.length : null;
}

/**
 * How far apart two rates are, with Newcombe's interval of the difference (1998, his
 * method 10: it is made of the two Wilson intervals); null where one is not known.
 * @param {Counts} after @param {Counts} before
 * @returns {{ by: number, isClear: boolean } | null} isClear: chance alone explains it in 1 of 20 cases at most
 */
export function compareRates(after, before) {
  if (after.rate === null || before.rate === null || !after.interval || !before.interval) return null;
  const by = after.rate - before.rate;
  const down = Math.hypot(after.rate - after.interval.lower, before.interval.upper - before.rate);
  const up = Math.hypot(after.interval.upper - after.rate, before.rate - before.interval.lower);
  return { by, isClear: by - down > 0 || by + up < 0 };
}

