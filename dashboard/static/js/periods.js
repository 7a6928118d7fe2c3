// Group the server's minutes and hours into the periods of a chart.

/** The 97.5th percentile of the normal distribution, for Wilson's 95 % interval. */
const Z = 1.959964;

/** @typedef {Counts & { start: number, isGap: boolean }} Period start in seconds since 1970 */

/**
 * Spread buckets over equal periods from start to end; a period without a bucket is a gap.
 * @param {ComplianceBucket[]} series
 * @param {number} start @param {number} end @param {number} step all in seconds
 * @returns {Period[]}
 */
export function groupPeriods(series, start, end, step) {
  const first = Math.floor(start / step) * step;
  const periods = [];
  for (let at = first; at < end; at += step) periods.push(emptyPeriod(at));
  for (const bucket of series) {
    const period = periods[Math.floor((Date.parse(bucket.start) / 1000 - first) / step)];
    if (period) addBucket(period, bucket);
  }
  return periods.map(judge);
}

/**
 * Leave out the gaps before the first record, so that a new installation's chart is no desert.
 * @param {Period[]} periods @param {number} least periods to keep
 */
export function trimStart(periods, least) {
  const first = periods.findIndex((period) => !period.isGap);
  const start = first === -1 ? periods.length : first;
  return periods.slice(Math.max(0, Math.min(start, periods.length - least)));
}

/** Count buckets together. @param {number} start @param {ComplianceBucket[]} buckets @returns {Period} */
export function joinBuckets(start, buckets) {
  const period = emptyPeriod(start);
  for (const bucket of buckets) addBucket(period, bucket);
  return judge(period);
}

/** @param {number} start @returns {Period} */
function emptyPeriod(start) {
  return { start, isGap: true, mask: 0, incorrect_mask: 0, no_mask: 0, unsure: 0, rate: null, interval: null, coverage: null };
}

/** @param {Period} period @param {ComplianceBucket} bucket */
function addBucket(period, bucket) {
  period.mask += bucket.mask;
  period.incorrect_mask += bucket.incorrect_mask;
  period.no_mask += bucket.no_mask;
  period.unsure += bucket.unsure;
  period.isGap &&= bucket.gap;
}

/** @param {Period} period @returns {Period} with its rate, interval and coverage */
function judge(period) {
  const judged = period.mask + period.incorrect_mask + period.no_mask;
  const seen = judged + period.unsure;
  return {
    ...period,
    rate: judged ? period.mask / judged : null,
    interval: judged ? wilson(period.mask, judged) : null,
    coverage: seen ? judged / seen : null,
  };
}

/**
 * Wilson's score interval (1927), as the server's SQL room computes it.
 * @param {number} hits @param {number} count at least 1
 * @returns {Interval}
 */
export function wilson(hits, count) {
  const rate = hits / count;
  const grown = 1 + (Z * Z) / count;
  const centre = (rate + (Z * Z) / (2 * count)) / grown;
  const reach = (Z / grown) * Math.sqrt((rate * (1 - rate)) / count + (Z * Z) / (4 * count * count));
  return { lower: Math.max(0, centre - reach), upper: Math.min(1, centre + reach) };
}
