// The choices above the history: time presets, days, site, zone and camera; only what fits together.

import { nameDay } from "../days.js";
import { byId } from "../page.js";
import { choosePlaces, offerPlaces, sayPlaces } from "../places.js";

/** @typedef {import("../history-range.js").View} View */

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
  }

  /** @param {View} view @param {import("../history-range.js").Span} span the whole range, in which custom days begin */
  show(view, span) {
    this.view = view;
    for (const input of this.form.querySelectorAll("input[name=range]")) {
      if (input instanceof HTMLInputElement) input.checked = input.value === view.preset;
    }
    byId("custom-days").hidden = view.preset !== "custom";
    const [since, until] = [field("since"), field("until")];
    since.value = view.since || nameDay(span.start);
    until.value = view.until || nameDay(new Date(span.end.getTime() - 1000));
    since.max = until.max = nameDay(new Date());
    offerPlaces(this.cameras, view);
  }

  /** @param {string} changed the id of the field that was changed @returns {View | null} null while days are missing */
  read(changed) {
    const data = new FormData(this.form);
    const text = (/** @type {string} */ name) => String(data.get(name) ?? "");
    if (!this.view) return null;
    const [since, until] = [text("since"), text("until")].sort();
    const preset = /** @type {View["preset"]} */ (text("range"));
    if (preset === "custom" && (!since || !until)) return null;
    const isTime = !["site", "zone", "camera"].includes(changed);
    return {
      ...this.view,
      preset,
      ...(preset === "custom" ? { since, until } : { since: "", until: "" }),
      zoom: isTime ? null : this.view.zoom,
      ...choosePlaces(data, changed),
    };
  }

  /** @param {View} view @returns {string} the chosen cameras in words */
  sayCameras(view) {
    return sayPlaces(this.cameras, view);
  }
}

/** @param {string} id @returns {HTMLInputElement} */
function field(id) {
  return /** @type {HTMLInputElement} */ (byId(id));
}
