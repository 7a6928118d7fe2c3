// Choose where the tiles of a wall stand, so that their pictures are as large as the screen allows.

/** A tile is stretched to fill the wall as far as its picture's place keeps to these, of the picture's own ratio. */
const NARROWEST = 0.96;
const WIDEST = 1.05;

/** Of grids with almost equally large pictures the one with the fewest empty places is taken. */
const ALMOST = 0.96;

/** So many times the columns of a square grid are tried at most: screens are not wider. */
const COLUMNS_MAX = 3;

/** @typedef {{ width: number, height: number }} Size */
/** @typedef {{ x: number, y: number, size: number }} Place in places of the grid */
/** @typedef {{ least: (width: number) => number, most: (width: number) => number }} Words height of a tile's words, and what it may grow to */
/** @typedef {{ left: number, top: number, width: number, height: number }} Spot in pixels of the wall */

/**
 * Pack squares into rows, each at the first place that is free, in the order of reading.
 * @param {number[]} sizes in places of the grid @param {number} columns at least the largest size
 * @returns {{ places: Place[], rows: number }}
 */
function pack(sizes, columns) {
  /** @type {Set<number>} */
  const taken = new Set();
  let first = 0;
  const places = sizes.map((size) => {
    while (taken.has(first)) first += 1;
    let at = first;
    while (!isFree(taken, at, size, columns)) at += 1;
    const place = { x: at % columns, y: Math.floor(at / columns), size };
    for (const cell of cellsOf(place, columns)) taken.add(cell);
    return place;
  });
  return { places, rows: Math.max(0, ...places.map(({ y, size }) => y + size)) };
}

/** @param {Set<number>} taken @param {number} at @param {number} size @param {number} columns */
function isFree(taken, at, size, columns) {
  const x = at % columns;
  if (x + size > columns) return false;
  return cellsOf({ x, y: Math.floor(at / columns), size }, columns).every((cell) => !taken.has(cell));
}

/** @param {Place} place @param {number} columns @returns {number[]} numbers of its cells, row by row */
function cellsOf({ x, y, size }, columns) {
  return Array.from({ length: size * size }, (_, n) => (y + Math.floor(n / size)) * columns + x + (n % size));
}

/**
 * Choose the columns at which pictures are largest, and place the tiles.
 * @param {number[]} sizes at least one @param {Size} wall @param {number} gap between tiles
 * @param {number} ratio of the pictures, width by height
 * @param {Words} words
 * @returns {{ spots: Spot[], columns: number, picture: number }} picture: width of a picture of size 1
 */
export function placeTiles(sizes, wall, gap, ratio, words) {
  const [least, cells] = [Math.max(...sizes), cellCount(sizes)];
  const most = Math.max(least, Math.min(cells, Math.ceil(COLUMNS_MAX * Math.sqrt(cells))));
  const grids = Array.from({ length: most - least + 1 }, (_, n) => gridOf(sizes, least + n, wall, gap, ratio, words));
  const largest = Math.max(...grids.map(({ picture }) => picture));
  const good = grids.filter(({ picture }) => picture >= largest * ALMOST);
  const best = good.sort((a, b) => a.empty - b.empty || b.picture - a.picture)[0];
  return { spots: spotsOf(best, wall, gap), columns: best.columns, picture: best.picture };
}

/**
 * @param {number[]} sizes @param {number} columns @param {Size} wall @param {number} gap
 * @param {number} ratio @param {Words} words
 */
function gridOf(sizes, columns, wall, gap, ratio, words) {
  const { places, rows } = pack(sizes, columns);
  const width = (wall.width - gap * (columns - 1)) / columns;
  const row = (wall.height - gap * (rows - 1)) / rows;
  const least = words.least(Math.min(width, row * ratio));
  const height = row - least;
  const cell = {
    width: Math.floor(Math.min(width, height * ratio * WIDEST)),
    height: Math.floor(Math.min(row, width / (ratio * NARROWEST) + words.most(width))),
  };
  return { columns, rows, places, cell, picture: Math.min(width, height * ratio), empty: columns * rows - cellCount(sizes) };
}

/** @param {number[]} sizes @returns {number} places of the grid that they take */
function cellCount(sizes) {
  return sizes.reduce((sum, size) => sum + size * size, 0);
}

/** @param {ReturnType<typeof gridOf>} grid @param {Size} wall @param {number} gap @returns {Spot[]} */
function spotsOf({ columns, rows, places, cell }, wall, gap) {
  const left = (wall.width - columns * (cell.width + gap) + gap) / 2;
  const top = (wall.height - rows * (cell.height + gap) + gap) / 2;
  const shift = shiftOfLastRow(places, columns, rows) * (cell.width + gap);
  return places.map(({ x, y, size }) => ({
    left: Math.round(left + x * (cell.width + gap) + (y === rows - 1 ? shift : 0)),
    top: Math.round(top + y * (cell.height + gap)),
    width: size * (cell.width + gap) - gap,
    height: size * (cell.height + gap) - gap,
  }));
}

/**
 * A last row that is not full stands in the middle.
 * @param {Place[]} places @param {number} columns @param {number} rows
 * @returns {number} places of the grid by which it is moved
 */
function shiftOfLastRow(places, columns, rows) {
  const inLast = places.filter(({ y, size }) => y + size === rows);
  if (inLast.some(({ size }) => size > 1)) return 0;
  return (columns - inLast.length) / 2;
}
