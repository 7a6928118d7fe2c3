// The choices above the history and the sightings: a time or days, site, zone and camera; only what fits together.

import { nameDay } from "./days.js";
import { byId } from "./page.js";
import { choosePlaces, offerPlaces } from "./places.js";

/**
 * since, until: the first and last day that the fields say.
 * @typedef {object} Chosen
 * @property {(name: string) => string} text of a field
 * @property {string} since @property {string} until
 * @property {import("./places.js").Places} places
 */

export class FilterForm {
  /** @param {(changed: string) => void} onChange with the id of the field that was changed */
  constructor(onChange) {
    this.form = /** @type {HTMLFormElement} */ (byId("filters"));
    /** @type {Camera[]} */
    this.cameras = [];
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("change", ({ target }) => onChange(target instanceof Element ? target.id : ""));
  }

  /**
   * @param {Record<string, string>} radios which are chosen, by their names; range: "custom" shows the fields of days
   * @param {import("./days.js").Span} span the whole range, in which custom days begin
   * @param {import("./places.js").Places} places
   */
  offer(radios, span, places) {
    for (const input of this.form.querySelectorAll("input[type=radio]")) {
      if (input instanceof HTMLInputElement && input.name in radios) input.checked = input.value === radios[input.name];
    }
    byId("custom-days").hidden = radios.range !== "custom";
    const [since, until] = [this.field("since"), this.field("until")];
    since.value = nameDay(span.start);
    until.value = nameDay(new Date(span.end.getTime() - 1000));
    since.max = until.max = nameDay(new Date());
    offerPlaces(this.cameras, places);
  }

  /** @param {string} changed the id of the field that was changed @returns {Chosen | null} null while days are missing */
  read(changed) {
    const data = new FormData(this.form);
    const text = (/** @type {string} */ name) => String(data.get(name) ?? "");
    const [since, until] = [text("since"), text("until")].sort();
    if (text("range") === "custom" && (!since || !until)) return null;
    return { text, since, until, places: choosePlaces(data, changed) };
  }

  /** @param {string} name @returns {HTMLInputElement} */
  field(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
  }
}
