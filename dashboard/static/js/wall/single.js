// One camera enlarged within the wall; the address names it, so that "back" and reload work.

import { byId, say, sayWithIcon } from "../page.js";
import { recall, remember } from "../memory.js";
import { sayStream } from "../wording.js";
import { n, t } from "../words.js";

/** @typedef {import("./tiles.js").Tiles} Tiles */
/** @typedef {import("./tile.js").Tile} Tile */

export class Single {
  /**
   * @param {Tiles} tiles
   * @param {() => number[]} cameraIds in the order of the wall, all of its pages
   * @param {() => void} onAsk another one stands in the address: show it, then `follow`
   * @param {(cameraId: number | null) => void} onChange
   */
  constructor(tiles, cameraIds, onAsk, onChange) {
    this.tiles = tiles;
    this.cameraIds = cameraIds;
    this.onAsk = onAsk;
    this.onChange = onChange;
    this.title = document.title;
    this.areasAreShown = recall("areas") !== "hidden";
    byId("single-back").addEventListener("click", () => this.close());
    byId("single-before").addEventListener("click", () => this.step(-1));
    byId("single-next").addEventListener("click", () => this.step(1));
    byId("single-areas").addEventListener("click", () => this.toggleAreas());
    addEventListener("popstate", onAsk);
  }

  /** @returns {number | null} the camera that the address names */
  get asked() {
    const camera = new URLSearchParams(location.search).get("camera");
    return camera === null ? null : Number(camera);
  }

  /** @returns {number | null} */
  get id() {
    return this.tiles.chosen;
  }

  /** @param {number} id */
  open(id) {
    if (this.id === id) return this.close();
    history.pushState(null, "", addressOf(id));
    this.onAsk();
    byId("single-back").focus();
  }

  close() {
    const tile = this.id === null ? undefined : this.tiles.byId.get(this.id);
    history.pushState(null, "", addressOf(null));
    this.onAsk();
    tile?.part("open").focus();
  }

  /** @param {number} by 1 for the next camera, -1 for the one before */
  step(by) {
    if (this.id === null) return;
    const ids = this.cameraIds();
    const next = ids[(ids.indexOf(this.id) + by + ids.length) % ids.length];
    history.replaceState(null, "", addressOf(next));
    this.onAsk();
  }

  toggleAreas() {
    this.areasAreShown = !this.areasAreShown;
    remember("areas", this.areasAreShown ? "shown" : "hidden");
    this.show();
  }

  /** Show the camera that the address names, or all. */
  follow() {
    const chosen = this.asked !== null && this.tiles.byId.has(this.asked) ? this.asked : null;
    const isOther = chosen !== this.id;
    document.body.classList.toggle("is-single", chosen !== null);
    byId("single-bar").hidden = chosen === null;
    this.tiles.choose(chosen);
    this.show();
    if (isOther) this.onChange(chosen);
  }

  /** Say what there is to say of the camera beside its picture. */
  show() {
    const tile = this.id === null ? undefined : this.tiles.byId.get(this.id);
    for (const one of this.tiles.byId.values()) one.showAreas(one === tile && this.areasAreShown);
    byId("camera-card").hidden = !tile;
    say(byId("wall-title"), tile?.camera?.name ?? t("Live wall"));
    document.title = tile?.camera ? `${tile.camera.name} · Maskwatch` : this.title;
    if (tile?.camera) this.describe(tile.camera);
  }

  /** @param {WallCamera} camera */
  describe(camera) {
    const { include, exclude, health } = camera;
    say(byId("camera-place"), [camera.site, camera.zone].filter(Boolean).join(" · ") || "–");
    say(byId("camera-stream"), health ? sayStream(health) || "–" : "–");
    say(byId("camera-reconnects"), health ? n("{n} time", "{n} times", health.reconnects) : "–");
    const hasAreas = include.length + exclude.length > 0;
    say(byId("camera-areas"), hasAreas ? sayAreas(include.length, exclude.length) : t("All of the picture"));
    byId("single-areas").hidden = !hasAreas;
    byId("single-areas").setAttribute("aria-pressed", String(this.areasAreShown));
    sayWithIcon(byId("single-areas"), "areas", this.areasAreShown ? t("Hide the areas") : t("Show the areas"));
    document.getElementById("camera-edit")?.setAttribute("href", `/cameras/${camera.id}`);
  }
}

/** @param {number} included @param {number} excluded */
function sayAreas(included, excluded) {
  const parts = [];
  if (included > 0) parts.push(n("Within {n} outlined area", "Within {n} outlined areas", included));
  if (excluded > 0) parts.push(n("without {n} hatched area", "without {n} hatched areas", excluded));
  return parts.join(", ");
}

/** @param {number | null} id */
function addressOf(id) {
  const query = new URLSearchParams(location.search);
  if (id === null) query.delete("camera");
  else query.set("camera", String(id));
  return location.pathname + (query.size > 0 ? `?${query}` : "");
}
