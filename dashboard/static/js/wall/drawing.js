// Draw a picture and the boxes of its faces on a canvas, sharp at any size.

import { drawAreas } from "./area-marks.js";
import { PICTURE_COLOURS, WORDS } from "../verdicts.js";

/** Strokes of each verdict's icon in a square of 1: the shapes of icons.svg. */
/** @type {Readonly<Record<Verdict, string>>} */
const STROKES = {
  mask: "M.14 .55 L.4 .8 L.88 .24",
  incorrect_mask: "M.5 .12 L.5 .62 M.5 .86 L.5 .87",
  no_mask: "M.2 .2 L.8 .8 M.8 .2 L.2 .8",
  unsure: "M.28 .34 A.23 .23 0 1 1 .6 .52 Q.5 .58 .5 .68 M.5 .88 L.5 .89",
};

/** A picture narrower than so many times the letters' size has room for icons alone. */
const TAGS_MIN = 18;

/** @typedef {{ x: number, y: number, width: number, height: number }} Rect */
/** @typedef {import("./area-marks.js").Areas} Areas */

/**
 * Fit the canvas' own pixels to its place on the screen.
 * @param {HTMLCanvasElement} canvas
 */
export function sizeCanvas(canvas) {
  const ratio = Math.min(devicePixelRatio || 1, 2);
  const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio].map(Math.round);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/**
 * Draw the whole picture as large as fits, then the areas that count and the boxes over it.
 * @param {HTMLCanvasElement} canvas
 * @param {ImageBitmap} picture
 * @param {LiveFrame} frame whose boxes are in pixels of its width and height
 * @param {Areas | null} areas
 */
export function drawFrame(canvas, picture, frame, areas = null) {
  const pen = canvas.getContext("2d", { alpha: false });
  if (!pen) return;
  pen.fillStyle = "#05080b";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const place = fitInside(frame, canvas);
  pen.drawImage(picture, place.x, place.y, place.width, place.height);
  if (areas) drawAreas(pen, areas, place);
  drawFaces(pen, frame, place);
}

/**
 * @param {{ width: number, height: number }} inner
 * @param {{ width: number, height: number }} outer
 * @returns {Rect} of the inner one in pixels of the outer one, centred
 */
function fitInside(inner, outer) {
  const scale = Math.min(outer.width / inner.width, outer.height / inner.height);
  const [width, height] = [inner.width * scale, inner.height * scale];
  return { x: (outer.width - width) / 2, y: (outer.height - height) / 2, width, height };
}

/**
 * @param {CanvasRenderingContext2D} pen @param {LiveFrame} frame @param {Rect} place
 */
function drawFaces(pen, frame, place) {
  const scale = place.width / frame.width;
  const unit = Math.min(devicePixelRatio || 1, 2);
  const size = Math.max(place.width < 220 * unit ? 9 : 11, Math.min(22, place.width / unit / 42)) * unit;
  pen.save();
  pen.beginPath();
  pen.rect(place.x, place.y, place.width, place.height);
  pen.clip();
  const tags = frame.faces.map((face) => {
    const [x, y, width, height] = face.box.map((value) => value * scale);
    const box = { x: place.x + x, y: place.y + y, width, height };
    drawBox(pen, face, box, size);
    return { face, box };
  });
  /** @type {Rect[]} */
  const taken = [];
  for (const { face, box } of tags) {
    const others = tags.filter((tag) => tag.face !== face).map((tag) => tag.box);
    taken.push(drawTag(pen, face, box, size, place, [...taken, ...others]));
  }
  pen.restore();
}

/**
 * A verdict is drawn solid once settled; until then the frame's label, dashed.
 * @param {CanvasRenderingContext2D} pen @param {LiveFace} face @param {Rect} box @param {number} size
 */
function drawBox(pen, face, box, size) {
  const { fill } = PICTURE_COLOURS[face.verdict ?? face.label];
  const line = Math.max(2, size / 5);
  pen.lineJoin = "round";
  pen.setLineDash([]);
  pen.strokeStyle = "rgb(0 0 0 / 45%)";
  pen.lineWidth = line + 2;
  pen.strokeRect(box.x, box.y, box.width, box.height);
  if (face.verdict === null) pen.setLineDash([line * 3, line * 2]);
  pen.strokeStyle = fill;
  pen.lineWidth = line;
  pen.strokeRect(box.x, box.y, box.width, box.height);
  pen.setLineDash([]);
}

/**
 * Write icon, word and percentage at the box; the icon alone where no whole tag
 * finds room beside other faces and tags, so that a crowd stays readable.
 * @param {CanvasRenderingContext2D} pen @param {LiveFace} face @param {Rect} box
 * @param {number} size @param {Rect} place @param {Rect[]} taken
 * @returns {Rect} the place that the tag takes
 */
function drawTag(pen, face, box, size, place, taken) {
  pen.font = `600 ${size}px -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif`;
  const words = tagWords(face);
  const wide = size * 2 + pen.measureText(words).width;
  const whole = place.width < size * TAGS_MIN ? [] : tagPlaces(box, wide, size, place);
  const places = [...whole, ...tagPlaces(box, size * 1.6, size, place)];
  const tag = places.find((spot) => !taken.some((other) => overlaps(spot, other))) ?? places[places.length - 1];
  const verdict = face.verdict ?? face.label;
  const { fill, ink } = PICTURE_COLOURS[verdict];
  pen.fillStyle = fill;
  pen.beginPath();
  pen.roundRect(tag.x, tag.y, tag.width, tag.height, size / 4);
  pen.fill();
  drawIcon(pen, verdict, ink, tag.x + size * 0.35, tag.y + (tag.height - size * 0.9) / 2, size * 0.9);
  if (tag.width < wide) return tag;
  pen.fillStyle = ink;
  pen.textBaseline = "middle";
  pen.fillText(words, tag.x + size * 1.55, tag.y + tag.height / 2 + size * 0.06);
  return tag;
}

/**
 * The percentage is the frame's own; it is left out where the verdict, which
 * weighs many frames, says another word than this frame does.
 * @param {LiveFace} face
 */
function tagWords(face) {
  const word = WORDS[face.verdict ?? face.label];
  const isSame = face.verdict === null || face.verdict === face.label;
  return isSame ? `${word} ${Math.round(face.probability * 100)} %` : word;
}

/**
 * Where a tag may stand, best first: above the box from its left or to its right
 * edge, then below it; always within the picture.
 * @param {Rect} box @param {number} width @param {number} size @param {Rect} place
 * @returns {Rect[]}
 */
function tagPlaces(box, width, size, place) {
  const height = size * 1.5;
  const right = box.x + box.width - width;
  const [above, below] = [box.y - height - size / 8, box.y + box.height + size / 8];
  return [[box.x, above], [right, above], [box.x, below], [right, below]].map(([x, y]) => ({
    x: clamp(x, place.x, place.x + place.width - width),
    y: clamp(y, place.y, place.y + place.height - height),
    width,
    height,
  }));
}

/** @param {number} value @param {number} least @param {number} most */
function clamp(value, least, most) {
  return Math.max(least, Math.min(value, most));
}

/** @param {Rect} a @param {Rect} b */
function overlaps(a, b) {
  const across = a.x < b.x + b.width && b.x < a.x + a.width;
  return across && a.y < b.y + b.height && b.y < a.y + a.height;
}

/**
 * @param {CanvasRenderingContext2D} pen @param {Verdict} verdict @param {string} ink
 * @param {number} x @param {number} y @param {number} size
 */
function drawIcon(pen, verdict, ink, x, y, size) {
  pen.save();
  pen.translate(x, y);
  pen.scale(size, size);
  pen.strokeStyle = ink;
  pen.lineWidth = 0.19;
  pen.lineCap = "round";
  pen.stroke(new Path2D(STROKES[verdict]));
  pen.restore();
}
