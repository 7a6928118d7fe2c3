// A week of a schedule as seven bars: when masks are required, at a glance.

import { make } from "../page.js";
import { LOCALE } from "../words.js";

export const WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const DAY_MIN = 24 * 60;
const SHORT = new Intl.DateTimeFormat(LOCALE, { weekday: "short" });
const HOURS = [0, 6, 12, 18, 24];

/**
 * Lay spans out over the days: over midnight they go on at the next day.
 * @param {Span[]} spans
 * @returns {[number, number][][]} for each day the minutes [from, to), sorted, without overlap
 */
export function spreadOverWeek(spans) {
  /** @type {[number, number][][]} */
  const days = WEEK.map(() => []);
  for (const { days: on, from, to } of spans) {
    const [start, end] = [minuteOf(from), minuteOf(to)];
    for (const index of on.map((day) => WEEK.indexOf(day))) {
      if (start < end) days[index].push([start, end]);
      else {
        days[index].push([start, DAY_MIN]);
        if (end) days[(index + 1) % 7].push([0, end]);
      }
    }
  }
  return days.map(merge);
}

/** @param {Span[]} spans */
export function minutesOfWeek(spans) {
  return spreadOverWeek(spans).flat().reduce((sum, [from, to]) => sum + to - from, 0);
}

/** @param {HTMLElement} place @param {Span[]} spans */
export function drawWeek(place, spans) {
  const rows = spreadOverWeek(spans).map((parts, index) => {
    const bar = make("span", "", "week-bar");
    bar.append(...parts.map(([from, to]) => {
      const part = make("span", "", "week-part");
      part.style.left = `${(from / DAY_MIN) * 100}%`;
      part.style.width = `${((to - from) / DAY_MIN) * 100}%`;
      return part;
    }));
    const row = make("div", "", "week-row");
    row.append(make("span", SHORT.format(new Date(2024, 0, 1 + index)), "week-day"), bar);
    return row;
  });
  const hours = make("div", "", "week-hours");
  hours.append(...HOURS.map((hour) => make("span", String(hour))));
  place.replaceChildren(...rows, hours);
}

/** @param {[number, number][]} parts @returns {[number, number][]} */
function merge(parts) {
  /** @type {[number, number][]} */
  const merged = [];
  for (const [from, to] of parts.toSorted((one, other) => one[0] - other[0])) {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** @param {string} time */
function minuteOf(time) {
  const [hours, minutes] = time.split(":").map(Number);
  return hours * 60 + minutes;
}
