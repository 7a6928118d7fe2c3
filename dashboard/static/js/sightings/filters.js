// The choices above the list of sightings, as a view.

import { FilterForm } from "../filter-form.js";
import { byId } from "../page.js";
import { wholeSpan } from "./view.js";

/** @typedef {import("./view.js").View} View */

/** The selects whose values stand in a view under the same name. */
const SELECTS = ["has_picture", "is_required", "reviewed", "order"];

export class Filters extends FilterForm {
  /** @param {(view: View) => void} onChange */
  constructor(onChange) {
    super((changed) => {
      const view = this.readView(changed);
      if (view) onChange(view);
    });
    // On a phone the choices are folded: the people come first.
    /** @type {HTMLDetailsElement} */ (byId("more-filters")).open = matchMedia("(min-width: 44rem)").matches;
  }

  /** @param {View} view @param {Date} now */
  show(view, now) {
    this.view = view;
    const range = view.range === "day" ? "custom" : view.range;
    this.offer({ range, verdict: view.verdict, form: view.form }, wholeSpan(view, now), view);
    for (const name of SELECTS) this.field(name).value = String(view[/** @type {keyof View} */ (name)]);
  }

  /** @param {string} changed the id of the field that was changed @returns {View | null} null while days are missing */
  readView(changed) {
    const chosen = this.read(changed);
    if (!this.view || !chosen) return null;
    const { text, since, until, places } = chosen;
    const isTime = changed === "since" || changed === "until" || changed.startsWith("range-");
    /** @type {Record<string, string>} */
    const choices = Object.fromEntries(["verdict", ...SELECTS].map((name) => [name, text(name)]));
    return {
      ...this.view,
      .../** @type {Pick<View, "verdict" | "has_picture" | "is_required" | "reviewed" | "order">} */ (choices),
      ...(isTime ? timeOf(/** @type {View["range"]} */ (text("range")), since, until) : {}),
      ...places,
      form: text("form") === "table" ? "table" : "gallery",
    };
  }
}

/** @param {View["range"]} range @param {string} since @param {string} until */
function timeOf(range, since, until) {
  const none = { zoom: null, day: "", since: "", until: "" };
  if (range !== "custom") return { ...none, range };
  /** @type {Pick<View, "range" | "day" | "since" | "until">} */
  const days = since === until ? { range: "day", day: since, since: "", until: "" } : { range, day: "", since, until };
  return { ...none, ...days };
}
