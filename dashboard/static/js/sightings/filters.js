// The choices above the list of sightings.

import { nameDay } from "../days.js";
import { byId } from "../page.js";
import { choosePlaces, offerPlaces } from "../places.js";
import { spanOf } from "./view.js";

/** @typedef {import("./view.js").View} View */

/** The selects whose values stand in a view under the same name. */
const SELECTS = ["has_picture", "is_required", "reviewed", "order"];

export class Filters {
  /** @param {(view: View) => void} onChange */
  constructor(onChange) {
    this.form = /** @type {HTMLFormElement} */ (byId("filters"));
    /** @type {Camera[]} */
    this.cameras = [];
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("change", (event) => {
      const view = this.read(event.target instanceof Element ? event.target.id : "");
      if (view) onChange(view);
    });
    // On a phone the choices are folded: the people come first.
    /** @type {HTMLDetailsElement} */ (byId("more-filters")).open = matchMedia("(min-width: 44rem)").matches;
  }

  /** @param {View} view @param {Date} now */
  show(view, now) {
    this.view = view;
    const isDays = view.range === "custom" || view.range === "day";
    const chosen = view.range === "day" ? "custom" : view.range;
    /** @type {Record<string, string>} */
    const radios = { range: chosen, verdict: view.verdict, form: view.form };
    for (const input of this.form.querySelectorAll("input[type=radio]")) {
      if (input instanceof HTMLInputElement) input.checked = input.value === radios[input.name];
    }
    byId("days-chosen").hidden = !isDays;
    const { start, end } = spanOf({ ...view, zoom: null }, now);
    const [since, until] = [this.field("since"), this.field("until")];
    since.value = nameDay(start);
    until.value = nameDay(new Date(end.getTime() - 1000));
    since.max = until.max = nameDay(now);
    offerPlaces(this.cameras, view);
    for (const name of SELECTS) this.field(name).value = String(view[/** @type {keyof View} */ (name)]);
  }

  /** @param {string} changed the id of the field that was changed @returns {View | null} null while days are missing */
  read(changed) {
    const data = new FormData(this.form);
    const text = (/** @type {string} */ name) => String(data.get(name) ?? "");
    const [since, until] = [text("since"), text("until")].sort();
    const range = /** @type {View["range"]} */ (text("range"));
    if (!this.view || (range === "custom" && (!since || !until))) return null;
    const isTime = changed === "since" || changed === "until" || changed.startsWith("range-");
    /** @type {Record<string, string>} */
    const choices = Object.fromEntries(["verdict", ...SELECTS].map((name) => [name, text(name)]));
    return {
      ...this.view,
      .../** @type {Pick<View, "verdict" | "has_picture" | "is_required" | "reviewed" | "order">} */ (choices),
      ...(isTime ? timeOf(range, since, until) : {}),
      ...choosePlaces(data, changed),
      form: text("form") === "table" ? "table" : "gallery",
    };
  }

  /** @param {string} name @returns {HTMLInputElement} */
  field(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
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
