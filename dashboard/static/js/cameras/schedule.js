// The editor of a camera's schedule: on which days, from when to when masks are required.

import { make, partsOf, say, stamp } from "../page.js";
import { drawWeek, minutesOfWeek, WEEK } from "./week.js";
import { LOCALE, n, t } from "../words.js";

const SPANS_MAX = 32;
const WORKDAYS = WEEK.slice(0, 5);
/** 1 January 2024 was a Monday. */
const DAYS = WEEK.map((_, index) => new Date(2024, 0, 1 + index));
const SHORT = new Intl.DateTimeFormat(LOCALE, { weekday: "short" });
const LONG = new Intl.DateTimeFormat(LOCALE, { weekday: "long" });

/**
 * Bind the editor in the markup of camera_rules_fields.html.
 * @param {HTMLElement} root
 * @param {() => void} changed is called after each change
 */
export function openSchedule(root, changed) {
  return new ScheduleEditor(root, changed);
}

class ScheduleEditor {
  /** @param {HTMLElement} root @param {() => void} changed */
  constructor(root, changed) {
    this.part = partsOf(root);
    this.root = root;
    this.list = this.part("spans");
    root.addEventListener("input", () => this.#settle(changed));
    this.part("add").addEventListener("click", () => {
      this.#add({ days: WORKDAYS, from: "08:00", to: "18:00" })?.querySelector("input")?.focus();
      this.#settle(changed);
    });
    this.list.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("[data-part=remove]");
      if (!button) return;
      button.closest("li")?.remove();
      this.part("add").focus();
      this.#settle(changed);
    });
    this.write(null);
  }

  /** @returns {Span[] | null} null: always */
  read() {
    return this.#isAlways() ? null : this.#rows().map(spanOf);
  }

  /** @param {Span[] | null} spans */
  write(spans) {
    for (const input of this.#choices()) input.checked = (input.value === "always") === (spans === null);
    this.list.replaceChildren();
    for (const span of spans ?? []) this.#add(span);
    this.#show();
  }

  /** Say at each row what is missing, and lead there. @returns {boolean} whether it can be saved */
  check() {
    if (this.#isAlways()) return true;
    const bad = this.#rows().filter((row) => sayFault(row));
    for (const row of this.#rows()) say(partsOf(row)("fault"), sayFault(row));
    const none = this.#rows().length === 0;
    say(this.part("empty"), none ? t("Add a time, or choose: always.") : "");
    (bad[0]?.querySelector("input") ?? (none ? this.part("add") : null))?.focus();
    return !none && bad.length === 0;
  }

  #isAlways() {
    return this.#choices().some((input) => input.checked && input.value === "always");
  }

  #choices() {
    return /** @type {HTMLInputElement[]} */ ([...this.root.querySelectorAll("[name=schedule-when]")]);
  }

  #rows() {
    return /** @type {HTMLElement[]} */ ([...this.list.children]);
  }

  /** @param {Span} span */
  #add(span) {
    if (this.#rows().length >= SPANS_MAX) return null;
    const { root, part } = stamp("schedule-span");
    part("days").append(...DAYS.map((day, index) => dayBox(day, WEEK[index], span.days.includes(WEEK[index]))));
    for (const name of /** @type {const} */ (["from", "to"])) /** @type {HTMLInputElement} */ (part(name)).value = span[name];
    this.list.append(root);
    return root;
  }

  /** @param {() => void} changed */
  #settle(changed) {
    if (!this.#isAlways() && !this.#rows().length && document.activeElement?.getAttribute("name") === "schedule-when") {
      this.#add({ days: WORKDAYS, from: "08:00", to: "18:00" });
    }
    this.#show();
    changed();
  }

  #show() {
    const rows = this.#rows();
    this.part("times").hidden = this.#isAlways();
    /** @type {HTMLButtonElement} */ (this.part("add")).disabled = rows.length >= SPANS_MAX;
    rows.forEach((row, index) => {
      const part = partsOf(row);
      say(part("legend"), t("Time {n}", { n: index + 1 }));
      say(part("note"), sayNote(spanOf(row)));
      if (!sayFault(row)) say(part("fault"), "");
    });
    if (rows.length) say(this.part("empty"), "");
    const spans = rows.map(spanOf).filter((span) => span.days.length && span.from && span.to);
    drawWeek(this.part("week"), spans);
    say(this.part("sum"), n("{n} hour a week", "{n} hours a week", Math.round(minutesOfWeek(spans) / 6) / 10));
  }
}

/** @param {Date} day @param {string} value @param {boolean} isOn */
function dayBox(day, value, isOn) {
  const label = make("label", "", "day-box");
  const input = document.createElement("input");
  Object.assign(input, { type: "checkbox", value, checked: isOn });
  input.setAttribute("aria-label", LONG.format(day));
  label.append(input, make("span", SHORT.format(day)));
  return label;
}

/** @param {HTMLElement} row @returns {Span} */
function spanOf(row) {
  const part = partsOf(row);
  const boxes = /** @type {HTMLInputElement[]} */ ([...part("days").querySelectorAll("input")]);
  const time = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (part(name)).value;
  return { days: boxes.filter((box) => box.checked).map((box) => box.value), from: time("from"), to: time("to") };
}

/** @param {HTMLElement} row */
function sayFault(row) {
  const { days, from, to } = spanOf(row);
  if (!days.length) return t("Choose a day at least.");
  return from && to ? "" : t("Give both times.");
}

/** @param {Span} span */
function sayNote({ from, to }) {
  if (!from || !to || from < to) return "";
  return from === to ? t("24 hours long") : t("until the next day");
}
