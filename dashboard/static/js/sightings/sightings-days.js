// A strip of days above the list, and of the hours of a chosen day: how many came, how many without mask.

import { ask } from "../api.js";
import { dayBegin, dayOf, nameDay, shiftDays, ZONE } from "../days.js";
import { byId, icon, make } from "../page.js";
import { placesAsked } from "../places.js";
import { spanOf, viewOfDay } from "./view.js";
import { fillStack } from "./stacks.js";
import { peopleIn, VERDICTS } from "../verdicts.js";
import { sayCount, sayPeople } from "../wording.js";
import { LOCALE, n, t } from "../words.js";

/** @typedef {import("./view.js").View} View */

const DAYS = 14;
const HOUR_MS = 3_600_000;

const WEEKDAY = new Intl.DateTimeFormat(LOCALE, { weekday: "short" });
const NUMBER = new Intl.DateTimeFormat(LOCALE, { day: "numeric" });
const FIRST = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short" });
const FULL = new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const HOUR = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit" });
const CLOCK = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });

export class DayStrip {
  /** @param {(view: View) => void} go */
  constructor(go) {
    this.go = go;
    /** @type {View | null} */
    this.view = null;
    this.last = dayBegin(new Date());
    this.asked = 0;
    byId("days-earlier").addEventListener("click", () => this.shift(-DAYS));
    byId("days-later").addEventListener("click", () => this.shift(DAYS));
  }

  /** Show the days around the view's time. @param {View} view @param {Date} now */
  show(view, now) {
    this.view = view;
    const end = dayBegin(new Date(spanOf(view, now).end.getTime() - 1));
    if (end > this.last || end <= shiftDays(this.last, -DAYS)) this.last = shiftDays(end, DAYS / 2);
    this.refresh(now);
  }

  /** @param {number} days */
  shift(days) {
    this.last = shiftDays(this.last, days);
    this.refresh(new Date());
  }

  /** @param {Date} now */
  refresh(now) {
    const today = dayBegin(now);
    if (this.last > today) this.last = today;
    /** @type {HTMLButtonElement} */ (byId("days-later")).disabled = this.last >= today;
    void this.fill().catch(() => null);
  }

  /** Draw the strips: at once without counts, then with them. */
  async fill() {
    const { view, last } = this;
    if (!view) return;
    const question = (this.asked += 1);
    const days = Array.from({ length: DAYS + 1 }, (_, index) => shiftDays(last, index - DAYS + 1));
    const hours = hoursOf(view);
    this.draw(view, days, [], hours, []);
    const [byDay, byHour] = await Promise.all([count(view, days, "day"), count(view, hours, "hour")]);
    if (question === this.asked) this.draw(view, days, byDay, hours, byHour);
  }

  /**
   * @param {View} view @param {Date[]} days @param {ComplianceBucket[]} byDay
   * @param {Date[]} hours @param {ComplianceBucket[]} byHour
   */
  draw(view, days, byDay, hours, byHour) {
    byId("hours").hidden = hours.length === 0;
    fillStrip("days", days, byDay, (start) => ({
      name: start.getDate() === 1 ? "" : WEEKDAY.format(start),
      number: start.getDate() === 1 ? FIRST.format(start) : NUMBER.format(start),
      words: FULL.format(start),
      isChosen: view.range === "day" && view.day === nameDay(start),
      pick: () => this.go(viewOfDay(view, start)),
    }));
    fillStrip("hours", hours, byHour, (start, end) => {
      const isChosen = view.zoom?.start.getTime() === start.getTime();
      return {
        name: "",
        number: nameHour(start),
        words: CLOCK.formatRange(start, end),
        isChosen,
        pick: () => this.go({ ...view, zoom: isChosen ? null : { start, end } }),
      };
    });
  }
}

/** Name an hour in little room: 14, or 2 PM. @param {Date} start */
function nameHour(start) {
  const parts = HOUR.formatToParts(start).filter(({ type }) => type === "hour" || type === "dayPeriod");
  return parts.map(({ value }) => value).join(" ");
}

/** @param {View} view @returns {Date[]} the bounds of the hours of a chosen day */
function hoursOf(view) {
  const day = view.range === "day" ? dayOf(view.day) : null;
  if (!day) return [];
  const length = (shiftDays(day, 1).getTime() - day.getTime()) / HOUR_MS;
  return Array.from({ length: length + 1 }, (_, hour) => new Date(day.getTime() + hour * HOUR_MS));
}

/** @param {View} view @param {Date[]} bounds @param {string} bucket @returns {Promise<ComplianceBucket[]>} */
async function count(view, bounds, bucket) {
  if (bounds.length < 2) return [];
  const question = new URLSearchParams([
    ["from", bounds[0].toISOString()],
    ["to", bounds[bounds.length - 1].toISOString()],
    ["bucket", bucket],
    ["tz", ZONE],
    ...placesAsked(view),
  ]);
  return (await ask(`compliance?${question}`)).series;
}

/**
 * @param {string} id @param {Date[]} bounds @param {ComplianceBucket[]} series
 * @param {(start: Date, end: Date) => { name: string, number: string, words: string, isChosen: boolean, pick: () => void }} tell
 */
function fillStrip(id, bounds, series, tell) {
  const box = byId(id);
  const found = new Map(series.map((bucket) => [Date.parse(bucket.start), bucket]));
  const most = Math.max(1, ...series.map(peopleIn));
  const now = Date.now();
  const focused = [...box.children].findIndex((item) => item.contains(document.activeElement));
  box.replaceChildren(...bounds.slice(0, -1).map((start, index) => {
    const told = tell(start, bounds[index + 1]);
    const bucket = found.get(start.getTime());
    const button = /** @type {HTMLButtonElement} */ (make("button", "", "strip-part"));
    button.type = "button";
    button.disabled = start.getTime() > now;
    button.setAttribute("aria-pressed", String(told.isChosen));
    button.title = sayPart(told.words, bucket);
    const words = make("span", "", "strip-words");
    words.append(make("span", told.name && `${told.name} `, "strip-name"), make("span", told.number, "strip-number"));
    const shown = [barOf(bucket, most), words, badOf(bucket)];
    for (const part of shown) part.setAttribute("aria-hidden", "true");
    button.append(...shown, make("span", sayPart(told.words, bucket), "visually-hidden"));
    button.addEventListener("click", told.pick);
    const item = make("li");
    item.append(button);
    return item;
  }));
  /** @type {HTMLElement | null | undefined} */ (box.children[focused]?.firstElementChild)?.focus({ preventScroll: true });
  const chosen = box.querySelector("[aria-pressed=true]") ?? (id === "days" ? box.lastElementChild : null);
  if (chosen instanceof HTMLElement) box.scrollLeft = chosen.offsetLeft + (chosen.offsetWidth - box.clientWidth) / 2;
}

/** @param {ComplianceBucket | undefined} bucket @param {number} most */
function barOf(bucket, most) {
  const bar = make("span", "", "strip-bar");
  if (!bucket) return bar;
  bar.classList.toggle("is-gap", bucket.gap);
  fillStack(bar, VERDICTS, (verdict) => bucket[verdict], most);
  return bar;
}

/** Tell how many wore none. @param {ComplianceBucket | undefined} bucket */
function badOf(bucket) {
  const box = make("span", "", "strip-bad");
  if (bucket && bucket.no_mask > 0) box.append(icon("no_mask"), make("span", sayCount(bucket.no_mask)));
  return box;
}

/** @param {string} words @param {ComplianceBucket | undefined} bucket */
function sayPart(words, bucket) {
  if (!bucket) return words;
  if (bucket.gap) return t("{time}: not watched", { time: words });
  const people = sayPeople(peopleIn(bucket));
  const without = n("{n} without mask", "{n} without mask", bucket.no_mask);
  return t("{time}: {people}, {without}", { time: words, people, without });
}

/** @param {View} view @param {Date} now @returns {string} the time that is shown, in words */
export function sayTime(view, now) {
  const { start, end } = spanOf(view, now);
  if (view.zoom) {
    const isOneDay = nameDay(start) === nameDay(new Date(end.getTime() - 1));
    if (isOneDay) return t("{day}, {period}", { day: FULL.format(start), period: CLOCK.formatRange(start, end) });
    return FULL.formatRange(start, new Date(end.getTime() - 1));
  }
  if (view.range === "day") return FULL.format(start);
  if (view.range === "custom") return FULL.formatRange(start, new Date(end.getTime() - 1));
  return { "24h": t("Last 24 hours"), "7d": t("Last 7 days"), "30d": t("Last 30 days"), "12m": t("Last 12 months") }[view.range];
}
