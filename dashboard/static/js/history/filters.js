// The choices above the history, as a view.

import { FilterForm } from "../filter-form.js";
import { sayPlaces } from "../places.js";

/** @typedef {import("../history-range.js").View} View */

export class Filters extends FilterForm {
  /** @param {(view: View) => void} onChange */
  constructor(onChange) {
    super((changed) => {
      const view = this.readView(changed);
      if (view) onChange(view);
    });
  }

  /** @param {View} view @param {import("../history-range.js").Span} span the whole range, in which custom days begin */
  show(view, span) {
    this.view = view;
    this.offer({ range: view.preset }, span, view);
  }

  /** @param {string} changed the id of the field that was changed @returns {View | null} null while days are missing */
  readView(changed) {
    const chosen = this.read(changed);
    if (!this.view || !chosen) return null;
    const preset = /** @type {View["preset"]} */ (chosen.text("range"));
    const isTime = !["site", "zone", "camera"].includes(changed);
    return {
      ...this.view,
      preset,
      ...(preset === "custom" ? { since: chosen.since, until: chosen.until } : { since: "", until: "" }),
      zoom: isTime ? null : this.view.zoom,
      ...chosen.places,
    };
  }

  /** @param {View} view @returns {string} the chosen cameras in words */
  sayCameras(view) {
    return sayPlaces(this.cameras, view);
  }
}
