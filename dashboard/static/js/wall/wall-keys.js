// The keys of the wall.

import { offerKeys } from "../keys.js";
import { t } from "../words.js";

/**
 * @typedef {object} Wall
 * @property {import("./tiles.js").Tiles} tiles
 * @property {import("./single.js").Single} single
 * @property {import("./layouts.js").Layouts} layouts
 * @property {import("./arranging.js").Arranging} arranging
 * @property {{ toggle: () => void }} screen
 * @property {{ toggle: () => void }} sound
 * @property {() => void} togglePanel
 * @property {(by: number) => void} turnPage
 */

/** @param {Wall} wall */
export function offerWallKeys({ tiles, single, layouts, arranging, screen, sound, togglePanel, turnPage }) {
  /** Escape leaves what is open; the arrows go through cameras while one is enlarged. */
  const leave = () => (arranging.isOn ? void arranging.leave() : single.id !== null && single.close());
  /** @param {KeyboardEvent} event */
  const openByNumber = ({ key }) => {
    const place = tiles.places[Number(key) - 1];
    if (place && !arranging.isOn && single.id !== place.camera_id) single.open(place.camera_id);
  };
  /** @param {number} by */
  const step = (by) => () => { if (single.id !== null) single.step(by); else if (!arranging.isOn) tiles.focusBy(by); };
  offerKeys(t("The wall"), [
    { keys: ["f"], words: t("Full screen"), act: screen.toggle },
    { keys: ["a"], words: t("Arrange the cameras"), act: () => arranging.begin() },
    { keys: ["[", "]"], words: t("Previous, next layout"), act: ({ key }) => { if (!arranging.isOn) layouts.step(key === "]" ? 1 : -1); } },
    { keys: ["p"], words: t("Show or hide the numbers"), act: togglePanel },
    { keys: ["m"], words: t("Sound on violations"), act: sound.toggle },
    { keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], words: t("Go from camera to camera; Enter enlarges it") },
    { keys: [",", "."], words: t("More than 36 cameras: previous, next page"), act: ({ key }) => turnPage(key === "." ? 1 : -1) },
  ]);
  offerKeys(t("One camera enlarged"), [
    { keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"], shown: ["1", "…", "9"], words: t("Enlarge the first to the ninth camera"), act: openByNumber },
    { keys: ["ArrowLeft"], words: t("Previous camera"), act: step(-1) },
    { keys: ["ArrowRight"], words: t("Next camera"), act: step(1) },
    { keys: ["z"], words: t("Show or hide the areas"), act: () => { if (single.id !== null) single.toggleAreas(); } },
    { keys: ["Escape"], words: t("All cameras"), act: leave },
  ]);
  offerKeys(t("While arranging"), [
    { keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], words: t("Move the camera") },
    { keys: ["+", "-"], words: t("Larger, smaller") },
    { keys: ["Delete"], words: t("Leave it out") },
    { keys: ["Escape"], words: t("Stop without saving") },
  ]);
}
