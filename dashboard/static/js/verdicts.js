// The four verdicts: word, icon and colour are always shown together.

import { sayWithIcon } from "./page.js";
import { t } from "./words.js";

/** @type {readonly Verdict[]} */
export const VERDICTS = ["mask", "incorrect_mask", "no_mask", "unsure"];

/** @type {Readonly<Record<Verdict, string>>} */
export const WORDS = {
  mask: t("Mask"),
  incorrect_mask: t("Incorrect"),
  no_mask: t("No mask"),
  unsure: t("Unsure"),
};

/**
 * Colours on a picture: bright, with dark ink, 7 : 1 at least.
 * @type {Readonly<Record<Verdict, { fill: string, ink: string }>>}
 */
export const PICTURE_COLOURS = {
  mask: { fill: "#3ddc84", ink: "#04240f" },
  incorrect_mask: { fill: "#ffab40", ink: "#2b1600" },
  no_mask: { fill: "#ff7a70", ink: "#2d0300" },
  unsure: { fill: "#c6d0da", ink: "#121a22" },
};

/** @param {HTMLElement} element @param {Verdict} verdict */
export function showVerdict(element, verdict) {
  element.dataset.verdict = verdict;
  sayWithIcon(element, verdict, WORDS[verdict]);
}

/** @param {Counts} counts */
export function peopleIn(counts) {
  return counts.mask + counts.incorrect_mask + counts.no_mask + counts.unsure;
}
