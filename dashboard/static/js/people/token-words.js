// What tokens reach, in plain words.

import { n, t } from "../words.js";

const DAY_MS = 86_400_000;

/**
 * @typedef {{ id: number, name: string, role: string, scopes: string[], expires_at: string | null, is_limited: boolean,
 *   site_ids: number[], created_at: string, created_by: string, last_used_at: string | null }} Token
 */

/** What each subject of the API is about. @type {Readonly<Record<string, string>>} */
export const SUBJECTS = {
  wall: t("Live wall"), cameras: t("Cameras"), sites: t("Sites"), compliance: t("Compliance"), sightings: t("Sightings"),
  exports: t("Exports"), metrics: t("Metrics"), analyze: t("Analysing pictures"), jobs: t("Jobs"), system: t("State of the system"),
  models: t("Models"), preferences: t("Settings"), erasures: t("Erasing history"), users: t("Users"), groups: t("Groups"),
  tokens: t("Tokens"), audit: t("Audit"), account: t("Its own account"),
};

/** Those that can only be read. */
export const READ_ONLY = new Set(["audit", "compliance", "exports", "metrics", "system"]);

/** @param {string[]} scopes such as `cameras:read`; none: all */
export function sayScopes(scopes) {
  if (scopes.length === 0) return t("Everything that the role may");
  return scopes.map(sayScope).join(", ");
}

/** @param {string} scope */
function sayScope(scope) {
  const [subject, reading] = scope.split(":");
  const name = SUBJECTS[subject] ?? subject;
  if (subject === "wall" || READ_ONLY.has(subject)) return name;
  return reading ? t("{subject} (read)", { subject: name }) : t("{subject} (read and change)", { subject: name });
}

/**
 * Say when it runs out, and how near that is.
 * @param {string | null} until @param {number} [now]
 * @returns {{ words: string, tone: "" | "warning" | "bad" }}
 */
export function sayExpiry(until, now = Date.now()) {
  if (until === null) return { words: t("Never"), tone: "" };
  const left = Date.parse(until) - now;
  if (left <= 0) return { words: t("Has run out"), tone: "bad" };
  const days = Math.floor(left / DAY_MS);
  if (days < 1) return { words: t("Within a day"), tone: "warning" };
  return { words: n("In {n} day", "In {n} days", days), tone: days < 14 ? "warning" : "" };
}
