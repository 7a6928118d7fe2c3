// One camera enlarged within the wall; the address names it, so that "back" and reload work.

import { offerKeys } from "./keys.js";
import { byId } from "./page.js";
import { t } from "./words.js";

/** @typedef {import("./tile.js").Tile} Tile */

/**
 * @param {Map<number, Tile>} tiles
 * @param {() => void} onChange when the wall must be arranged again
 */
export function watchSingle(tiles, onChange) {
  /** Show the camera that the address names, or all. */
  function follow() {
    const chosen = tiles.get(chosenId());
    document.body.classList.toggle("is-single", chosen !== undefined);
    byId("single-bar").hidden = chosen === undefined;
    for (const tile of tiles.values()) tile.root.classList.toggle("is-chosen", tile === chosen);
    onChange();
  }

  /** @param {Tile} tile */
  function open(tile) {
    if (document.body.classList.contains("is-single")) return close();
    location.hash = `camera-${tile.camera?.id}`;
    byId("single-back").focus();
  }

  function close() {
    const tile = tiles.get(chosenId());
    history.pushState(null, "", location.pathname);
    follow();
    tile?.part("open").focus();
  }

  /** @param {number} by 1 for the next camera, -1 for the one before */
  function step(by) {
    const ids = [...tiles.keys()];
    const next = ids[(ids.indexOf(chosenId()) + by + ids.length) % ids.length];
    history.replaceState(null, "", `#camera-${next}`);
    follow();
  }

  offerKeys(t("One camera enlarged"), [
    { keys: ["ArrowLeft", "ArrowRight"], words: t("Previous, next camera") },
    { keys: ["Escape"], words: t("All cameras") },
  ]);
  byId("single-back").addEventListener("click", close);
  addEventListener("hashchange", follow);
  addEventListener("popstate", follow);
  addEventListener("keydown", (event) => {
    if (!document.body.classList.contains("is-single") || event.target instanceof HTMLInputElement) return;
    if (event.key === "Escape") close();
    if (event.key === "ArrowRight") step(1);
    if (event.key === "ArrowLeft") step(-1);
  });
  return { follow, open };
}

/** @returns {number} NaN where the address names no camera */
function chosenId() {
  return Number(/^#camera-(\d+)$/.exec(location.hash)?.[1] ?? Number.NaN);
}
