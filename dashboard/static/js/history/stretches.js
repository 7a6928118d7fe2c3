// The server's buckets as the stretches of a chart: each with its end, joined where there are many.

import { joinBuckets } from "../periods.js";

/**
 * start, end: seconds since 1970. seen: the share of the time in which cameras delivered;
 * null where there was no camera.
 * @typedef {import("../periods.js").Period & { end: number, seen: number | null }} Stretch
 */

/** Hours that are shown as one. */
const HOURS_JOINED = 3;
/** Of the time before the first camera, so many stretches stay for each ten of the others. */
const LEFT_BEFORE = 0.1;

/**
 * @param {ComplianceBucket[]} series @param {Date} end of the range
 * @param {"week" | "hours" | "none"} joining @returns {Stretch[]}
 */
export function stretchesOf(series, end, joining) {
  const groups = groupBuckets(series, joining);
  const starts = groups.map(([first]) => Date.parse(first.start) / 1000);
  return groups.map((buckets, index) => ({
    ...joinBuckets(starts[index], buckets),
    end: starts[index + 1] ?? end.getTime() / 1000,
    seen: meanSeen(buckets),
  }));
}

/**
 * Leave out most of the time before the first camera, so that the rest has room.
 * @param {Stretch[]} stretches
 */
export function trimBefore(stretches) {
  const first = stretches.findIndex(({ seen }) => seen !== null);
  if (first < 1) return stretches;
  return stretches.slice(Math.max(0, first - Math.ceil((stretches.length - first) * LEFT_BEFORE)));
}

/** Cut at Mondays, or at every third hour of the viewer's clocks. @param {ComplianceBucket[]} series @param {"week" | "hours" | "none"} joining */
function groupBuckets(series, joining) {
  /** @type {ComplianceBucket[][]} */
  const groups = [];
  for (const bucket of series) {
    const start = new Date(bucket.start);
    const begins = joining === "week" ? start.getDay() === 1 : joining === "none" || start.getHours() % HOURS_JOINED === 0;
    if (begins || !groups.length) groups.push([]);
    groups[groups.length - 1].push(bucket);
  }
  return groups;
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

