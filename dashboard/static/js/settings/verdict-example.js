// Three people whose faces are known, judged by a rule as the recorder does it (docs/verdicts.md).

import { byId, make } from "../page.js";
import { showVerdict } from "../verdicts.js";
import { sayTenths } from "../wording.js";
import { n, t } from "../words.js";

/**
 * votes: how one face's vote is split.
 * @typedef {{ width: number, score: number, sharpness: number, votes: Record<Label, number> }} Face
 * @typedef {{ faces_min: number, weight_min: number, agreement_min: number, face_px_min: number }} Rule
 * @typedef {{ verdict: Verdict, reason: string }} Judgement
 */

/** @param {number} width @param {number} mask @param {number} incorrect @param {number} [sharpness] @returns {Face} */
function face(width, mask, incorrect, sharpness = 260) {
  return { width, score: 0.95, sharpness, votes: { mask, incorrect_mask: incorrect, no_mask: 1 - mask - incorrect } };
}

const PEOPLE = [
  { name: t("Walks up to the camera"), faces: [face(18, 0.8, 0.1, 90), face(24, 0.9, 0.05), face(32, 0.95, 0.03), face(42, 0.97, 0.02), face(52, 0.98, 0.01)] },
  { name: t("Passes fast and far away"), faces: [face(10, 0.1, 0.2, 60), face(16, 0.1, 0.1, 70), face(18, 0.05, 0.1, 80)] },
  { name: t("Wears the mask below the nose"), faces: [face(30, 0.5, 0.48), face(34, 0.28, 0.7), face(36, 0.24, 0.74), face(38, 0.34, 0.64)] },
];

/**
 * Judge a person by the faces seen of them.
 * @param {Face[]} faces @param {Rule} rule
 * @returns {Judgement} reason: which figure is not reached, or by how much the winner wins
 */
function judge(faces, rule) {
  const voting = faces.filter((one) => one.width >= rule.face_px_min);
  const weights = voting.map(weightOf);
  const total = weights.reduce((sum, one) => sum + one, 0);
  if (voting.length < rule.faces_min) return unsure(n("{n} face voted, {least} must", "{n} faces voted, {least} must", voting.length, { least: rule.faces_min }));
  if (total === 0 || total < rule.weight_min) return unsure(t("they count as {found} votes, {least} are needed", { found: sayTenths(total), least: sayTenths(rule.weight_min) }));
  const [winner, share] = winnerOf(voting, weights, total);
  const percent = Math.round(share * 100);
  if (share < rule.agreement_min) return unsure(t("only {percent} % of the votes agree", { percent }));
  return { verdict: winner, reason: t("{percent} % of the votes agree", { percent }) };
}

/** @param {Face} face */
function weightOf({ score, width, sharpness }) {
  return score * Math.min(1, width / 40) * (sharpness / (sharpness + 40));
}

/** @param {Face[]} faces @param {number[]} weights @param {number} total @returns {[Label, number]} */
function winnerOf(faces, weights, total) {
  const labels = /** @type {Label[]} */ (["mask", "incorrect_mask", "no_mask"]);
  const shares = labels.map((label) => faces.reduce((sum, one, index) => sum + weights[index] * one.votes[label], 0) / total);
  const best = shares.indexOf(Math.max(...shares));
  return [labels[best], shares[best]];
}

/** @param {string} reason @returns {Judgement} */
function unsure(reason) {
  return { verdict: "unsure", reason };
}

/** @param {Rule} rule */
export function showExample(rule) {
  byId("example-rows").replaceChildren(...PEOPLE.map(({ name, faces }) => {
    const { verdict, reason } = judge(faces, rule);
    const row = make("li", "", "example-row");
    const words = make("span", "", "example-words");
    words.append(make("strong", name), make("span", reason, "small soft"));
    const chip = make("span", "", "verdict");
    showVerdict(chip, verdict);
    row.append(facesOf(faces, rule), words, chip);
    return row;
  }));
}

/** Draw the faces as boxes of their size. @param {Face[]} faces @param {Rule} rule */
function facesOf(faces, rule) {
  const strip = make("span", "", "example-faces");
  strip.setAttribute("aria-hidden", "true");
  strip.append(...faces.map(({ width, votes }) => {
    const box = make("span", "", "example-face");
    const [label] = Object.entries(votes).sort(([, one], [, other]) => other - one)[0];
    box.dataset.label = width < rule.face_px_min ? "none" : label;
    box.style.inlineSize = `${width}px`;
    return box;
  }));
  return strip;
}
