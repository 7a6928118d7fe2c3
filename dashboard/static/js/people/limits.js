// The choice between all cameras and those of some sites (limits_fields.html).

import { offerChoices, tickedIn } from "./choices.js";
import { byId } from "../page.js";
import { sayCameras } from "./people.js";

/**
 * Offer the sites; they show once somebody is limited. Who is an administrator cannot be.
 * @param {HTMLFormElement} form @param {import("./people.js").Site[]} sites
 * @param {{ is_limited: boolean, site_ids: number[] }} [limits] as they are now
 * @param {() => void} [follow] called after each change
 */
export function offerLimits(form, sites, limits, follow = () => undefined) {
  offerChoices(byId("sites"), "site_ids", sites.map((site) => ({ ...site, words: sayCameras(site) })), limits?.site_ids);
  byId("no-sites").hidden = sites.length > 0;
  if (limits?.is_limited) boxOf(form, "yes").checked = true;
  const show = () => {
    const isAdmin = new FormData(form).get("role") === "admin";
    boxOf(form, "yes").disabled = isAdmin;
    if (isAdmin) boxOf(form, "").checked = true;
    byId("sites-choice").hidden = !isLimitedIn(form);
    follow();
  };
  form.addEventListener("change", show);
  show();
}

/** @param {HTMLFormElement} form */
export function isLimitedIn(form) {
  return new FormData(form).get("is_limited") === "yes";
}

/** Read the choice as the API takes it. @param {HTMLFormElement} form */
export function limitsIn(form) {
  return { is_limited: isLimitedIn(form), site_ids: isLimitedIn(form) ? tickedIn(form, "site_ids") : [] };
}

/** @param {HTMLFormElement} form @param {string} value */
function boxOf(form, value) {
  return /** @type {HTMLInputElement} */ (form.querySelector(`[name=is_limited][value="${value}"]`));
}
