// The three probabilities of a sighting as one bar, said in words beside it.

import { make } from "../page.js";
import { fillStack } from "./stacks.js";
import { WORDS } from "../verdicts.js";
import { sayPercent } from "../wording.js";

/** @type {readonly Label[]} */
export const LABELS = ["mask", "incorrect_mask", "no_mask"];

/** @param {Record<Label, number>} probabilities */
export function likelihoodOf(probabilities) {
  const box = make("span", "", "likelihood");
  const bar = make("span", "", "likelihood-bar");
  fillStack(bar, LABELS, (label) => probabilities[/** @type {Label} */ (label)], 1);
  const best = LABELS.reduce((one, other) => (probabilities[other] > probabilities[one] ? other : one));
  box.title = LABELS.map((label) => `${WORDS[label]} ${sayPercent(probabilities[label])}`).join(" · ");
  box.append(make("span", `${WORDS[best]} ${sayPercent(probabilities[best])}`, "small soft"), bar);
  return box;
}
