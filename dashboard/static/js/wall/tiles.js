// The tiles of the wall: one for each camera that is shown, in their order, where they fit best.

import { placeTiles } from "./grid.js";
import { Lettering } from "./lettering.js";
import { Tile } from "./tile.js";

/** Height of a tile's words, as tile.css sets them: above and below the picture, or compact, the numbers upon it. */
const WORDS_REM = 4.5;
const COMPACT_REM = 2;

/** Compact tiles are worth it where their pictures are so much larger. */
const WORTH = 1.1;

const RATIO = 16 / 9;
/** The ratio of the grid's places keeps to these, however odd a camera's picture is. */
const RATIOS = [4 / 3, 2.2];

/** From this width on, and always in full screen, the wall fills the screen; narrower it scrolls. */
const WIDE = matchMedia("(min-width: 64.01rem)");

export class Tiles {
  /** @param {HTMLElement} wall @param {(tile: Tile) => void} onOpen @param {() => void} onViewed others are in view */
  constructor(wall, onOpen, onViewed) {
    this.wall = wall;
    this.onOpen = onOpen;
    this.onViewed = onViewed;
    /** @type {Map<number, Tile>} */
    this.byId = new Map();
    /** @type {TilePlace[]} */
    this.places = [];
    /** @type {number | null} */
    this.chosen = null;
    this.columns = 1;
    /** @type {Set<number>} */
    this.inView = new Set();
    this.views = new IntersectionObserver((entries) => this.look(entries), { rootMargin: "80px" });
    new ResizeObserver(() => this.arrange()).observe(wall);
    WIDE.addEventListener("change", () => this.arrange());
    wall.addEventListener("keydown", (event) => this.press(event));
  }

  /**
   * Show these cameras in this order, and no others.
   * @param {TilePlace[]} places @param {ReadonlyMap<number, WallCamera>} cameras
   */
  show(places, cameras) {
    this.places = places;
    const wanted = new Set(places.map((place) => place.camera_id));
    for (const [id, tile] of this.byId) if (!wanted.has(id)) this.drop(id, tile);
    places.forEach(({ camera_id: id }, index) => {
      const camera = cameras.get(id);
      if (!camera) return;
      const tile = this.byId.get(id);
      if (tile) tile.describe(camera);
      const { root } = tile ?? this.add(camera);
      if (this.wall.children[index] !== root) this.wall.insertBefore(root, this.wall.children[index] ?? null);
    });
    this.arrange();
  }

  /** @param {WallCamera} camera */
  add(camera) {
    const tile = new Tile(camera, this.onOpen);
    this.byId.set(camera.id, tile);
    this.wall.append(tile.root);
    this.views.observe(tile.root);
    return tile;
  }

  /** @param {number} id @param {Tile} tile */
  drop(id, tile) {
    this.views.unobserve(tile.root);
    this.byId.delete(id);
    tile.close();
    if (this.inView.delete(id)) this.onViewed();
  }

  /** Enlarge one, or show all again. @param {number | null} id */
  choose(id) {
    this.chosen = id;
    for (const [one, tile] of this.byId) tile.root.classList.toggle("is-chosen", one === id);
    this.arrange();
  }

  /** @returns {number[]} cameras whose pictures can be seen, or nearly */
  viewed() {
    return [...this.inView].sort((a, b) => a - b);
  }

  /** Go on to the next tile, or to the one before. @param {number} by */
  focusBy(by) {
    const open = this.openButtons();
    const at = open.findIndex((button) => button === document.activeElement);
    open[at < 0 ? 0 : Math.max(0, Math.min(at + by, open.length - 1))]?.focus();
  }

  /** Go to the tile above or below. @param {KeyboardEvent} event */
  press(event) {
    if ((event.key !== "ArrowUp" && event.key !== "ArrowDown") || this.chosen !== null) return;
    const from = event.target instanceof Element && event.target.matches(".tile-open") ? event.target.getBoundingClientRect() : null;
    if (!from) return;
    event.preventDefault();
    const way = event.key === "ArrowDown" ? 1 : -1;
    const far = (/** @type {DOMRect} */ { x, y, width }) => (y - from.y) * way + Math.abs(x + width / 2 - from.x - from.width / 2);
    const there = this.openButtons().map((button) => ({ button, box: button.getBoundingClientRect() }));
    const ahead = there.filter(({ box }) => (box.y - from.y) * way > from.height / 2);
    ahead.sort((one, other) => far(one.box) - far(other.box))[0]?.button.focus();
  }

  openButtons() {
    return this.places.flatMap(({ camera_id: id }) => this.byId.get(id)?.part("open") ?? []);
  }

  /** @param {IntersectionObserverEntry[]} entries */
  look(entries) {
    for (const { target, isIntersecting } of entries) {
      const id = Number(/** @type {HTMLElement} */ (target).dataset.cameraId);
      if (isIntersecting && this.byId.has(id)) this.inView.add(id);
      else this.inView.delete(id);
    }
    this.onViewed();
  }

  /** Put the tiles where they belong, as large as the wall allows. */
  arrange() {
    const isFilling = WIDE.matches || document.body.matches(".is-full, .is-kiosk");
    document.body.classList.toggle("is-filling", isFilling);
    const shown = this.places.filter(({ camera_id: id }) => this.chosen === null || id === this.chosen);
    if (shown.length === 0) return;
    const sizes = this.chosen === null ? shown.map(({ size }) => size) : [1];
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const gap = Number.parseFloat(getComputedStyle(this.wall).columnGap) || 0;
    const wall = { width: this.wall.clientWidth, height: this.wall.clientHeight };
    const ratio = this.ratio(shown);
    const [roomy, compact] = [WORDS_REM, COMPACT_REM].map((height) => {
      const words = new Lettering(height, rem);
      return { words, ...placeTiles(sizes, wall, gap, ratio, words) };
    });
    const isCompact = isFilling && compact.picture > roomy.picture * WORTH;
    const { words, spots, columns } = isCompact ? compact : roomy;
    this.columns = columns;
    this.wall.classList.toggle("is-compact", isCompact);
    shown.forEach(({ camera_id: id, size }, index) => {
      const spot = isFilling ? spots[index] : null;
      this.put(id, size, spot);
      this.byId.get(id)?.root.style.setProperty("--words", spot ? words.scaleOn(spot, ratio).toFixed(2) : "1");
    });
  }

  /** @param {number} id @param {number} size @param {import("./grid.js").Spot | null} spot null: in the page's flow */
  put(id, size, spot) {
    const root = this.byId.get(id)?.root;
    if (!root) return;
    root.dataset.size = String(size);
    for (const side of /** @type {const} */ (["left", "top", "width", "height"])) {
      const value = spot ? `${spot[side]}px` : "";
      if (root.style[side] !== value) root.style[side] = value;
    }
  }

  /** The ratio of most pictures, as ingest tells them. @param {TilePlace[]} places */
  ratio(places) {
    const known = places.flatMap(({ camera_id: id }) => {
      const health = this.byId.get(id)?.camera?.health;
      return health?.width && health.height ? [health.width / health.height] : [];
    });
    const middle = known.sort((a, b) => a - b)[Math.floor(known.length / 2)] ?? RATIO;
    return Math.max(RATIOS[0], Math.min(middle, RATIOS[1]));
  }
}
