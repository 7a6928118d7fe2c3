// Choices of sites, zones and cameras: only what fits together is offered.

import { byId, make } from "./page.js";
import { t } from "./words.js";

/**
 * Where one looks. site, zone: null for all, empty for cameras without one.
 * @typedef {{ camera: string, site: string | null, zone: string | null }} Places
 */

/** Before the name of a site or zone, so that one without a name is not "all". */
const NAMED = "=";

/** @param {URLSearchParams} asked of an address @returns {Places} */
export function readPlaces(asked) {
  const camera = asked.get("camera_id") ?? "";
  return { camera: /^\d{1,9}$/.test(camera) ? camera : "", site: asked.get("site"), zone: asked.get("zone") };
}

/** @param {Places} places @returns {[string, string][]} as addresses and the API name them */
export function placesAsked({ camera, site, zone }) {
  /** @type {[string, string | null][]} */
  const all = [["camera_id", camera || null], ["site", site], ["zone", zone]];
  return all.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
}

/** @param {Camera[]} cameras @param {Places} places @returns {Camera[]} those that are there */
export function camerasAt(cameras, { camera, site, zone }) {
  return cameras.filter((one) => (site === null || one.site === site) && (zone === null || one.zone === zone) && (!camera || String(one.id) === camera));
}

/** Offer the sites, then the zones of the site, then the cameras there. @param {Camera[]} cameras @param {Places} places */
export function offerPlaces(cameras, places) {
  const there = camerasAt(cameras, { ...places, zone: null, camera: "" });
  const here = camerasAt(cameras, { ...places, camera: "" });
  fillPlaces("site", cameras.map(({ site }) => site), places.site, t("All sites"), t("No site"));
  fillPlaces("zone", there.map(({ zone }) => zone), places.zone, t("All zones"), t("No zone"));
  /** @type {[string, string][]} */
  const options = here.map(({ id, name }) => [String(id), name]);
  if (places.camera && !options.some(([id]) => id === places.camera)) options.push([places.camera, nameCamera(cameras, places.camera)]);
  fill("camera", [["", t("All cameras")], ...options], places.camera);
}

/**
 * Read the choices. A changed site takes the zone with it, and both the camera.
 * @param {FormData} data @param {string} changed the id of the field that was changed
 * @returns {Places}
 */
export function choosePlaces(data, changed) {
  const text = (/** @type {string} */ name) => String(data.get(name) ?? "");
  return {
    site: placeOf(text("site")),
    zone: changed === "site" ? null : placeOf(text("zone")),
    camera: changed === "site" || changed === "zone" ? "" : text("camera"),
  };
}

/** @param {Camera[]} cameras @param {Places} places @returns {string} the chosen cameras in words */
export function sayPlaces(cameras, { camera, site, zone }) {
  if (camera) return nameCamera(cameras, camera);
  const places = [site === null ? "" : site || t("No site"), zone === null ? "" : zone || t("No zone")];
  return places.filter(Boolean).join(", ") || t("All cameras");
}

/** @param {Camera[]} cameras @param {string} id */
function nameCamera(cameras, id) {
  return cameras.find((camera) => String(camera.id) === id)?.name ?? t("Camera {id}", { id });
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
