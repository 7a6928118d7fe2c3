// The list beside a camera's picture: its areas, and in words what counts.

import { POINTS_MIN } from "./areas.js";
import { icon, make } from "../page.js";
import { n, t } from "../words.js";

const KINDS = { include: t("Counts here"), exclude: t("Left out") };

/**
 * One area, to be chosen, turned round and deleted.
 * @param {Area} area @param {number} index @param {boolean} isChosen
 * @param {{ choose: () => void, turn: () => void, remove: () => void }} acts
 */
export function areaRow({ kind, points }, index, isChosen, { choose, turn, remove }) {
  const row = make("li", "", "area-row");
  row.dataset.kind = kind;
  const name = make("button", "", "area-name");
  name.setAttribute("type", "button");
  name.setAttribute("aria-pressed", String(isChosen));
  name.append(make("span", String(index + 1), "area-tag"), make("span", KINDS[kind]), make("span", n("{n} corner", "{n} corners", points.length), "soft small"));
  name.addEventListener("click", choose);
  const other = kind === "include" ? t("Leave area {n} out instead", { n: index + 1 }) : t("Count in area {n} instead", { n: index + 1 });
  row.append(name, quiet("swap", other, turn), quiet("delete", t("Delete area {n}", { n: index + 1 }), remove));
  return row;
}

/** Say what to do next while an area is drawn. @param {number} corners */
export function sayHow(corners) {
  if (corners === 0) return t("Pull a rectangle over the picture, or click corner after corner.");
  if (corners < POINTS_MIN) return n("{n} more corner at least.", "{n} more corners at least.", POINTS_MIN - corners);
  return t("Click the first corner, or press Enter, to finish.");
}

/** Say what counts with these areas. @param {import("./areas.js").Areas} areas */
export function sayWhat(areas) {
  const [counted, left] = [areas.count("include"), areas.count("exclude")];
  if (counted) return t("Only faces in the bright part count.");
  return left ? t("All faces count but those in the shaded part.") : t("Every face in the picture counts. Draw an area to count only there, or to leave a poster, a screen or the street out.");
}

/** @param {string} sign @param {string} words @param {() => void} act */
function quiet(sign, words, act) {
  const button = make("button", "", "button is-quiet is-icon");
  button.setAttribute("type", "button");
  button.title = words;
  button.append(icon(sign), make("span", words, "visually-hidden"));
  button.addEventListener("click", act);
  return button;
}
