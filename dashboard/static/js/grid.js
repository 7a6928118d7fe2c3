// Choose the columns that let the tiles of a wall be largest.

const PICTURE_RATIO = 16 / 9;

/**
 * @param {number} count of tiles, at least 1
 * @param {number} width of the wall @param {number} height of the wall
 * @param {number} lines height of a tile's words, above and below its picture
 * @returns {number} columns
 */
export function chooseColumns(count, width, height, lines) {
  let best = { columns: 1, size: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const size = Math.min(width / columns, (height / rows - lines) * PICTURE_RATIO);
    if (size > best.size * 1.001) best = { columns, size };
  }
  return best.columns;
}

/**
 * Keep the wall's columns right for its size and number of tiles.
 * @param {HTMLElement} wall
 */
export function arrange(wall) {
  const tiles = /** @type {HTMLElement[]} */ ([...wall.children]);
  if (tiles.length === 0) return;
  const lines = tiles[0].offsetHeight - (tiles[0].querySelector(".tile-picture")?.clientHeight ?? 0);
  const columns = chooseColumns(tiles.length, wall.clientWidth, wall.clientHeight, lines);
  wall.style.setProperty("--columns", String(columns));
  wall.style.setProperty("--rows", String(Math.ceil(tiles.length / columns)));
}
