// Who there is, and what they see: users, groups and sites as administrators read them.

import { ask } from "../api.js";
import { n, t } from "../words.js";

/**
 * @typedef {{ id: number, name: string, role: string, is_limited: boolean, site_ids: number[], group_ids: number[],
 *   may_see_faces: boolean, has_password: boolean, sessions: number, seen_at: string | null }} User
 * @typedef {{ id: number, name: string, site_ids: number[], user_ids: number[] }} Group
 * @typedef {{ id: number, name: string, cameras: number }} Site
 * @typedef {{ id: number, browser: string, address: string, seen_at: string, is_current: boolean }} Session
 */

/** @returns {Promise<User[]>} */
export function listUsers() {
  return listByName("users");
}

/** @returns {Promise<Group[]>} */
export function listGroups() {
  return listByName("groups");
}

/** @returns {Promise<Site[]>} */
export function listSites() {
  return listByName("sites");
}

/** In the order of the reader's alphabet; the server knows no language. @param {string} path @returns {Promise<any[]>} */
export async function listByName(path) {
  const { items } = await ask(path);
  return items.sort((/** @type {{ name: string }} */ one, /** @type {{ name: string }} */ other) => one.name.localeCompare(other.name));
}

/**
 * Name those with these ids, in the order of the list; what is gone is left out.
 * @param {{ id: number, name: string }[]} all @param {number[]} ids
 */
export function namesOf(all, ids) {
  return all.filter((one) => ids.includes(one.id)).map((one) => one.name);
}

/**
 * Say which cameras somebody sees.
 * @param {boolean} isLimited @param {string[]} sites by name, their own and their groups'
 */
export function saySees(isLimited, sites) {
  if (!isLimited) return t("All cameras");
  return sites.length ? sites.join(", ") : t("No cameras yet");
}

/** @param {{ cameras: number }} site */
export function sayCameras(site) {
  return n("{n} camera", "{n} cameras", site.cameras);
}
