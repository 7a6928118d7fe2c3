// Choose the size at which the tiles of a wall are largest.

const PICTURE_RATIO = 16 / 9;
/** A tile is stretched to fill the wall as far as its picture's place keeps to these ratios. */
const NARROWEST = 4 / 3;
const WIDEST = 2.1;

/** @typedef {{ width: number, height: number }} Size */

/**
 * @param {number} count of tiles, at least 1
 * @param {Size} wall @param {number} gap between tiles
 * @param {number} lines height of a tile's words, above and below its picture
 * @returns {Size} of a tile
 */
export function chooseTileSize(count, wall, gap, lines) {
  let best = { picture: 0, size: wall };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const width = (wall.width - gap * (columns - 1)) / columns;
    const height = (wall.height - gap * (rows - 1)) / rows - lines;
    const picture = Math.min(width, height * PICTURE_RATIO);
    if (picture <= best.picture * 1.001) continue;
    const size = { width: Math.min(width, height * WIDEST), height: Math.min(height, width / NARROWEST) + lines };
    best = { picture, size };
  }
  return best.size;
}

/**
 * Keep the tiles as large as the wall allows.
 * @param {HTMLElement} wall
 */
export function arrange(wall) {
  const tiles = /** @type {HTMLElement[]} */ ([...wall.children]).filter((tile) => tile.offsetParent);
  if (tiles.length === 0) return;
  const picture = tiles[0].querySelector(".tile-picture");
  const lines = tiles[0].offsetHeight - (picture?.clientHeight ?? 0);
  const gap = Number.parseFloat(getComputedStyle(wall).columnGap);
  const size = chooseTileSize(tiles.length, { width: wall.clientWidth, height: wall.clientHeight }, gap, lines);
  wall.style.setProperty("--tile-width", `${Math.floor(size.width)}px`);
  wall.style.setProperty("--tile-height", `${Math.floor(size.height)}px`);
}
