// What a retention would remove, counted by the server while one types.

import { ask, Problem } from "../api.js";
import { byId, make, say } from "../page.js";
import { sayCount } from "../wording.js";
import { n, t } from "../words.js";

const PAUSE_MS = 300;

/**
 * @typedef {{ pictures: number, picture_bytes: number, sharp_pictures: number, sightings: number, audit: number, jobs: number }} Stored
 * @typedef {{ pictures: number, picture_bytes: number, sightings: number, minutes: number, frame_accounts: number, audit: number, jobs: number }} Outdated
 * @typedef {{ stored: Stored, outdated: Outdated }} Effect
 */

let asked = 0;
let timer = 0;

/**
 * Show what goes with these figures, a moment after the last change.
 * @param {Record<string, number> | null} retention null where the figures make no sense
 * @param {(effect: Effect) => void} [known]
 */
export function showEffect(retention, known) {
  clearTimeout(timer);
  const number = ++asked;
  if (retention === null) return showNothing();
  timer = setTimeout(async () => {
    try {
      const effect = await fetchEffect(retention);
      if (number !== asked) return;
      write(effect);
      known?.(effect);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (number === asked) say(byId("effect-sum"), error.message);
    }
  }, PAUSE_MS);
}

/** @param {Record<string, number>} retention @returns {Promise<Effect>} */
export function fetchEffect(retention) {
  const query = Object.entries(retention).map(([name, value]) => [name, String(value)]);
  return ask(`preferences/retention?${new URLSearchParams(query)}`);
}

/** Say in a sentence what goes; empty where nothing does. @param {Outdated} outdated */
export function sayLoss(outdated) {
  const parts = [
    outdated.sightings && n("{n} sighting", "{n} sightings", outdated.sightings),
    outdated.pictures && n("{n} picture", "{n} pictures", outdated.pictures),
    outdated.minutes && n("{n} minute of counts", "{n} minutes of counts", outdated.minutes),
    outdated.audit && n("{n} entry of the audit", "{n} entries of the audit", outdated.audit),
    outdated.jobs && n("{n} job", "{n} jobs", outdated.jobs),
  ].filter((one) => typeof one === "string");
  return parts.join(", ");
}

function showNothing() {
  say(byId("effect-sum"), t("Correct the figures to see it."));
  byId("effect-rows").replaceChildren();
}

/** @param {Effect} effect */
function write({ stored, outdated }) {
  const isAnything = sayLoss(outdated) !== "";
  byId("effect-sum").dataset.loss = String(isAnything);
  say(byId("effect-sum"), isAnything ? t("Next night this goes for good:") : t("Nothing: everything kept is young enough."));
  byId("effect-rows").replaceChildren(
    rowOf(t("Pictures"), outdated.pictures, stored.pictures, t("{n} MB", { n: Math.round(outdated.picture_bytes / 1e5) / 10 })),
    rowOf(t("Sightings"), outdated.sightings, stored.sightings),
    rowOf(t("Minutes of counts"), outdated.minutes, null),
    rowOf(t("Audit"), outdated.audit, stored.audit),
    rowOf(t("Jobs"), outdated.jobs, stored.jobs),
  );
}

/** @param {string} name @param {number} gone @param {number | null} all null where nobody has counted @param {string} [size] */
function rowOf(name, gone, all, size = "") {
  const row = make("div");
  const value = make("dd");
  const words = make("span", all === null ? sayCount(gone) : t("{gone} of {all}", { gone, all }));
  value.append(words);
  if (size && gone) words.textContent += ` · ${size}`;
  if (all !== null) value.append(barOf(all ? gone / all : 0));
  row.append(make("dt", name), value);
  row.classList.toggle("is-loss", gone > 0);
  return row;
}

/** @param {number} share */
function barOf(share) {
  const bar = make("span", "", "effect-bar");
  const part = make("span");
  part.style.inlineSize = `${Math.max(share * 100, share > 0 ? 2 : 0)}%`;
  bar.setAttribute("aria-hidden", "true");
  bar.append(part);
  return bar;
}
