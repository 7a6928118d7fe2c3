// Draw where in a picture faces count: the rest is dimmed, and what is left out is hatched.

const DIM = "rgb(5 8 11 / 52%)";
const LINE = "#8cc8ff";
const HATCH = "rgb(255 255 255 / 38%)";
const HATCH_EVERY = 14;

/** @typedef {[number, number][]} Polygon points as shares of the picture */
/** @typedef {{ include: Polygon[], exclude: Polygon[] }} Areas */
/** @typedef {import("./drawing.js").Rect} Rect */

/**
 * @param {CanvasRenderingContext2D} pen @param {Areas} areas
 * @param {Rect} place of the picture on the canvas
 */
export function drawAreas(pen, { include, exclude }, place) {
  const unit = Math.min(devicePixelRatio || 1, 2);
  pen.save();
  pen.lineJoin = "round";
  if (include.length > 0) dimAllBut(pen, include, place);
  for (const polygon of include) outline(pen, pathOf(polygon, place), unit);
  for (const polygon of exclude) hatch(pen, pathOf(polygon, place), place, unit);
  pen.restore();
}

/** @param {Polygon} polygon @param {Rect} place */
function pathOf(polygon, place) {
  const path = new Path2D();
  for (const [x, y] of polygon) path.lineTo(place.x + x * place.width, place.y + y * place.height);
  path.closePath();
  return path;
}

/**
 * Areas may lie over each other, so each is kept clear by itself.
 * @param {CanvasRenderingContext2D} pen @param {Polygon[]} polygons @param {Rect} place
 */
function dimAllBut(pen, polygons, place) {
  pen.save();
  for (const polygon of polygons) {
    const rest = pathOf(polygon, place);
    rest.rect(place.x, place.y, place.width, place.height);
    pen.clip(rest, "evenodd");
  }
  pen.fillStyle = DIM;
  pen.fillRect(place.x, place.y, place.width, place.height);
  pen.restore();
}

/** @param {CanvasRenderingContext2D} pen @param {Path2D} path @param {number} unit */
function outline(pen, path, unit) {
  pen.strokeStyle = "rgb(0 0 0 / 55%)";
  pen.lineWidth = 4 * unit;
  pen.stroke(path);
  pen.strokeStyle = LINE;
  pen.lineWidth = 2 * unit;
  pen.stroke(path);
}

/** @param {CanvasRenderingContext2D} pen @param {Path2D} path @param {Rect} place @param {number} unit */
function hatch(pen, path, place, unit) {
  pen.save();
  pen.clip(path);
  pen.fillStyle = DIM;
  pen.fillRect(place.x, place.y, place.width, place.height);
  pen.strokeStyle = HATCH;
  pen.lineWidth = 1.5 * unit;
  pen.beginPath();
  for (let x = place.x - place.height; x < place.x + place.width; x += HATCH_EVERY * unit) {
    pen.moveTo(x, place.y + place.height);
    pen.lineTo(x + place.height, place.y);
  }
  pen.stroke();
  pen.restore();
  pen.setLineDash([6 * unit, 4 * unit]);
  outline(pen, path, unit);
  pen.setLineDash([]);
}
