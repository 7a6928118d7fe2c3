// Days of the viewer's own zone, by the calendar: one may be 23 or 25 hours long.

/** @typedef {{ start: Date, end: Date }} Span */

export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** @param {Date} moment @returns {string} its day, as 2026-10-25 */
export function nameDay(moment) {
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** @param {string} name as 2026-10-25 @returns {Date | null} its midnight */
export function dayOf(name) {
  const parts = /^(2\d{3})-(\d\d)-(\d\d)$/.exec(name);
  if (!parts) return null;
  const [year, month, day] = parts.slice(1).map(Number);
  const midnight = new Date(year, month - 1, day);
  return midnight.getMonth() === month - 1 ? midnight : null;
}

/** @param {Date} moment @returns {Date} the midnight in which its day began */
export function dayBegin(moment) {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
}

/** @param {Date} moment @param {number} days */
export function shiftDays(moment, days) {
  const shifted = new Date(moment);
  shifted.setDate(shifted.getDate() + days);
  return shifted;
}

/** @param {Date} moment */
export function shiftYear(moment) {
  const shifted = new Date(moment);
  shifted.setFullYear(shifted.getFullYear() - 1);
  return shifted;
}

/** @param {string | null} from @param {string | null} to as an address tells moments @returns {Span | null} */
export function readSpan(from, to) {
  const [start, end] = [new Date(from ?? NaN), new Date(to ?? NaN)];
  return start < end ? { start, end } : null;
}
