// The choices above the history: time presets, days, site, zone and camera; only what fits together.

import { nameDay } from "./history-range.js";
import { byId, make } from "./page.js";
import { t } from "./words.js";

/** @typedef {import("./history-range.js").View} View */

/** Before the name of a site or zone, so that one without a name is not "all". */
const NAMED = "=";

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

  /** @param {View} view @param {import("./history-range.js").Span} span the whole range, in which custom days begin */
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
    this.fillSelects(view);
  }

  /** Offer the sites, then the zones of the site, then the cameras there. @param {View} view */
  fillSelects(view) {
    const there = this.cameras.filter((camera) => view.site === null || camera.site === view.site);
    const here = there.filter((camera) => view.zone === null || camera.zone === view.zone);
    fillPlaces("site", this.cameras.map(({ site }) => site), view.site, t("Every site"), t("No site"));
    fillPlaces("zone", there.map(({ zone }) => zone), view.zone, t("Every zone"), t("No zone"));
    /** @type {[string, string][]} */
    const options = here.map(({ id, name }) => [String(id), name]);
    if (view.camera && !options.some(([id]) => id === view.camera)) options.push([view.camera, t("Camera {id}", { id: view.camera })]);
    fill("camera", [["", t("Every camera")], ...options], view.camera);
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
      site: placeOf(text("site")),
      zone: changed === "site" ? null : placeOf(text("zone")),
      camera: changed === "site" || changed === "zone" ? "" : text("camera"),
    };
  }

  /** @param {View} view @returns {string} the chosen cameras in words */
  sayCameras(view) {
    if (view.camera) return this.cameras.find(({ id }) => String(id) === view.camera)?.name ?? t("Camera {id}", { id: view.camera });
    const places = [view.site === null ? "" : view.site || t("No site"), view.zone === null ? "" : view.zone || t("No zone")];
    return places.filter(Boolean).join(", ") || t("Every camera");
  }
}

/** @param {string} value of the select @returns {string | null} */
function placeOf(value) {
  return value.startsWith(NAMED) ? value.slice(NAMED.length) : null;
}

/**
 * @param {string} id @param {string[]} names @param {string | null} chosen
 * @param {string} all @param {string} none words for all, and for those without a name
 */
function fillPlaces(id, names, chosen, all, none) {
  const known = [...new Set(chosen === null ? names : [...names, chosen])].sort((one, other) => one.localeCompare(other));
  /** @type {[string, string][]} */
  const options = known.map((name) => [NAMED + name, name || none]);
  byId(id).parentElement?.toggleAttribute("hidden", known.every((name) => name === ""));
  fill(id, [["", all], ...options], chosen === null ? "" : NAMED + chosen);
}

/** @param {string} id @param {[string, string][]} options values and words @param {string} chosen */
function fill(id, options, chosen) {
  const select = /** @type {HTMLSelectElement} */ (byId(id));
  select.replaceChildren(...options.map(([value, words]) => {
    const option = make("option", words);
    option.setAttribute("value", value);
    return option;
  }));
  select.value = chosen;
}

/** @param {string} id @returns {HTMLInputElement} */
function field(id) {
  return /** @type {HTMLInputElement} */ (byId(id));
}
