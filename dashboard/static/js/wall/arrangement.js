// How a wall is arranged: an order of cameras, each with a size. Nothing here touches the page.

const SIZE_MAX = 4;

/** All cameras by name, each as large as the others: what nobody has to save. */
/** @type {Arrangement} */
export const ALL = { tiles: [], shows_others: true };

/**
 * Say which cameras an arrangement shows, in its order; those that it does not name follow by name.
 * @param {Arrangement} arrangement
 * @param {readonly { id: number }[]} cameras by name
 * @returns {TilePlace[]}
 */
export function placesIn(arrangement, cameras) {
  const there = new Set(cameras.map(({ id }) => id));
  const named = new Set(arrangement.tiles.map((tile) => tile.camera_id));
  const others = arrangement.shows_others ? cameras.filter(({ id }) => !named.has(id)) : [];
  return [
    ...arrangement.tiles.filter((tile) => there.has(tile.camera_id)),
    ...others.map(({ id }) => ({ camera_id: id, size: 1 })),
  ];
}

/**
 * Put a camera at another place; the others close up.
 * @param {readonly TilePlace[]} tiles @param {number} cameraId @param {number} to
 */
export function moved(tiles, cameraId, to) {
  const tile = tiles.find((one) => one.camera_id === cameraId);
  if (!tile) return [...tiles];
  const rest = tiles.filter((one) => one !== tile);
  const place = Math.max(0, Math.min(to, rest.length));
  return [...rest.slice(0, place), tile, ...rest.slice(place)];
}

/**
 * Make a camera larger or smaller.
 * @param {readonly TilePlace[]} tiles @param {number} cameraId @param {number} by
 */
export function resized(tiles, cameraId, by) {
  return tiles.map((tile) => {
    if (tile.camera_id !== cameraId) return tile;
    return { ...tile, size: Math.max(1, Math.min(tile.size + by, SIZE_MAX)) };
  });
}

/** @param {readonly TilePlace[]} tiles @param {number} cameraId */
export function without(tiles, cameraId) {
  return tiles.filter((tile) => tile.camera_id !== cameraId);
}

/** @param {readonly TilePlace[]} tiles @param {number} cameraId */
export function withAtEnd(tiles, cameraId) {
  return [...tiles, { camera_id: cameraId, size: 1 }];
}
