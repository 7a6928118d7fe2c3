// The hours of the week as a table of colours: rows are days, or hours where the page is narrow.

import { isScarce, judgedIn } from "./history-words.js";
import { byId, make } from "../page.js";
import { peopleIn } from "../verdicts.js";
import { LOCALE, n, t } from "../words.js";
import { sayCount, sayPercent } from "../wording.js";

/** @typedef {"rate" | "people"} Shown */

const DAYS = 7;
const HOURS = 24;
/** Rates from which on a cell is of the next paler colour. */
const RATE_STEPS = [0.7, 0.8, 0.9, 0.95];
const PEOPLE_STEPS = [0.8, 0.6, 0.4, 0.2];

/** 2024 began with a Monday, and so did its first week. */
const MONDAY = 1;
const SHORT_DAY = new Intl.DateTimeFormat(LOCALE, { weekday: "short" });
const LONG_DAY = new Intl.DateTimeFormat(LOCALE, { weekday: "long" });
const HOUR = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });

const NARROW = matchMedia("(max-width: 44rem)");

export class HeatMap {
  constructor() {
    /** @type {Map<string, ComplianceGroup>} */
    this.groups = new Map();
    /** @type {Shown} */
    this.shown = "rate";
    NARROW.addEventListener("change", () => this.draw());
    for (const input of byId("heat-shown").querySelectorAll("input")) {
      input.addEventListener("change", () => { this.shown = input.value === "people" ? "people" : "rate"; this.draw(); });
    }
    const numbers = byId("heat-numbers");
    numbers.addEventListener("click", () => {
      const isOn = numbers.getAttribute("aria-pressed") !== "true";
      numbers.setAttribute("aria-pressed", String(isOn));
      byId("heat").classList.toggle("has-numbers", isOn);
    });
  }

  /** @param {ComplianceGroup[]} groups the 168 hours of the week */
  show(groups) {
    this.groups = new Map(groups.map((group) => [`${group.weekday} ${group.hour}`, group]));
    this.draw();
  }

  draw() {
    if (!this.groups.size) return;
    const most = Math.max(...[...this.groups.values()].map(peopleIn));
    const [days, hours] = [numbers(DAYS), numbers(HOURS)];
    const isTall = NARROW.matches;
    const [columns, rows] = isTall ? [days, hours] : [hours, days];
    const head = make("tr");
    head.append(headOf("col", t("Hour of the week"), "", "heat-corner"), ...columns.map((at) => (isTall ? dayHead("col", at) : hourHead("col", at))));
    byId("heat-head").replaceChildren(head);
    byId("heat-body").replaceChildren(...rows.map((row) => {
      const line = make("tr");
      line.append(isTall ? hourHead("row", row) : dayHead("row", row), ...columns.map((column) => this.cell(isTall ? column : row, isTall ? row : column, most)));
      return line;
    }));
    byId("heat").classList.toggle("is-tall", isTall);
    byId("heat").dataset.shown = this.shown;
    byId("heat-key-rate").hidden = this.shown !== "rate";
    byId("heat-key-people").hidden = this.shown === "rate";
  }

  /** @param {number} day @param {number} hour @param {number} most people of any hour */
  cell(day, hour, most) {
    const cell = make("td", "", "heat-cell");
    const group = this.groups.get(`${day} ${hour}`);
    if (!group) return cell;
    const people = peopleIn(group);
    const isKnown = !group.gap && people > 0;
    if (group.gap) cell.dataset.kind = "gap";
    else if (this.shown === "people" && isKnown) cell.dataset.step = String(stepOf(people / most, PEOPLE_STEPS));
    else if (this.shown === "rate" && group.rate !== null) {
      cell.dataset.step = String(stepOf(group.rate, RATE_STEPS));
      if (isScarce(group)) cell.dataset.kind = "scarce";
    }
    const value = this.shown === "people" ? sayCount(people) : group.rate === null ? "" : String(Math.round(group.rate * 100));
    const number = make("span", isKnown ? value : "", "heat-number");
    number.setAttribute("aria-hidden", "true");
    const words = sayCell(group);
    cell.title = `${LONG_DAY.format(momentOf(day, hour))} ${HOUR.formatRange(momentOf(day, hour), momentOf(day, hour + 1))}: ${words}`;
    cell.append(number, make("span", words, "visually-hidden"));
    return cell;
  }
}

/** @param {ComplianceGroup} group */
function sayCell(group) {
  if (group.gap) return t("not known");
  const people = peopleIn(group);
  if (people === 0) return t("nobody");
  if (judgedIn(group) === 0) return n("{n} person, none could be judged", "{n} people, none could be judged", people);
  const rate = sayPercent(group.rate);
  if (isScarce(group)) return n("{rate}, {n} person: too few to say", "{rate}, {n} people: too few to say", people, { rate });
  return n("{rate}, {n} person", "{rate}, {n} people", people, { rate });
}

/** @param {number} value @param {readonly number[]} steps @returns {number} 0 the palest for rates, the strongest for people */
function stepOf(value, steps) {
  const isRising = steps[0] < steps[steps.length - 1];
  const above = steps.filter((step) => value >= step).length;
  return isRising ? steps.length - above : above;
}

/** @param {number} count */
function numbers(count) {
  return [...Array(count).keys()];
}

/** @param {number} day 0 is Monday @param {number} hour */
function momentOf(day, hour) {
  return new Date(2024, 0, MONDAY + day, hour);
}

/** @param {"col" | "row"} scope @param {number} day */
function dayHead(scope, day) {
  return headOf(scope, LONG_DAY.format(momentOf(day, 0)), SHORT_DAY.format(momentOf(day, 0)));
}

/** Write every third hour only, where columns are narrow. @param {"col" | "row"} scope @param {number} hour */
function hourHead(scope, hour) {
  return headOf(scope, HOUR.format(momentOf(0, hour)), scope === "row" || hour % 3 === 0 ? String(hour).padStart(2, "0") : "");
}

/** @param {"col" | "row"} scope @param {string} words @param {string} short what is seen of them @param {string} className */
function headOf(scope, words, short, className = "") {
  const head = make("th", "", className);
  head.setAttribute("scope", scope);
  const seen = make("span", short);
  seen.setAttribute("aria-hidden", "true");
  head.append(seen, make("span", words, "visually-hidden"));
  return head;
}
