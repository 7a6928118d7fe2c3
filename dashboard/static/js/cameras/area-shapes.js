// The areas of a camera as shapes over its picture: what does not count lies in the shade.

import { middle } from "./areas.js";
import { t } from "../words.js";

const SVG = "http://www.w3.org/2000/svg";
const CORNER_PX = 6;
const REACH_PX = 16;

/**
 * What is drawn. chosen: the area whose corners show, -1 for none. sketch: the one that is being
 * drawn, with the place that a next corner would have; box: a rectangle that is being pulled.
 * @typedef {{ kind: AreaKind, points: Point[], next: Point | null, box: [Point, Point] | null, byKeys: boolean }} Sketch
 * @typedef {{ areas: Area[], chosen: number, sketch: Sketch | null }} Drawing
 */

/**
 * Draw everything anew; the focus stays at the corner that has it.
 * @param {SVGSVGElement} svg @param {Drawing} drawing
 */
export function drawAreas(svg, drawing) {
  const { width, height } = svg.getBoundingClientRect();
  if (!width) return;
  const focused = document.activeElement?.getAttribute("data-corner");
  const hadFocus = focused != null && svg.contains(document.activeElement);
  const paint = new Paint(width, height);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren(...paint.shade(drawing.areas), ...drawing.areas.flatMap((area, at) => paint.area(area, at, at === drawing.chosen)));
  const chosen = drawing.areas[drawing.chosen];
  if (chosen && !drawing.sketch) svg.append(...paint.handles(chosen));
  if (drawing.sketch) svg.append(...paint.sketch(drawing.sketch));
  if (hadFocus) focusCorner(svg, Math.min(Number(focused), (chosen?.points.length ?? 1) - 1));
}

/** @param {SVGSVGElement} svg @param {number} corner */
export function focusCorner(svg, corner) {
  /** @type {SVGElement | null} */ (svg.querySelector(`[data-corner="${corner}"]`))?.focus();
}

/** @param {Point} point */
export function sayPlace([x, y]) {
  return t("{x} % from the left, {y} % from the top", { x: Math.round(x * 100), y: Math.round(y * 100) });
}

/** Shapes in the pixels of one picture. */
class Paint {
  /** @param {number} width @param {number} height */
  constructor(width, height) {
    this.width = width;
    this.height = height;
  }

  /** @param {Area[]} areas @returns {SVGElement[]} */
  shade(areas) {
    if (!areas.length) return [];
    const all = { x: 0, y: 0, width: this.width, height: this.height };
    const isPicked = areas.some((area) => area.kind === "include");
    const mask = shape("mask", { id: "areas-mask" });
    mask.append(shape("rect", { ...all, fill: isPicked ? "white" : "black" }));
    for (const kind of ["include", "exclude"]) {
      for (const area of areas.filter((one) => one.kind === kind)) {
        // As the server counts: what an area encloses twice, by crossing itself, is not within it.
        mask.append(shape("polygon", { points: this.#list(area.points), fill: kind === "include" ? "black" : "white", "fill-rule": "evenodd" }));
      }
    }
    const stripes = shape("pattern", { id: "areas-stripes", width: 9, height: 9, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
    stripes.append(shape("rect", { width: 3, height: 9, class: "areas-stripe" }));
    const kept = shape("defs", {});
    kept.append(mask, stripes);
    return [kept, shape("rect", { ...all, class: "areas-shade", mask: "url(#areas-mask)" })];
  }

  /** @param {Area} area @param {number} at @param {boolean} isChosen @returns {SVGElement[]} */
  area({ kind, points }, at, isChosen) {
    const [x, y] = this.#place(middle(points));
    const number = shape("text", { x, y, class: "area-number" });
    number.textContent = String(at + 1);
    const data = { "data-area": at, "data-kind": kind };
    return [
      shape("polygon", { points: this.#list(points), class: isChosen ? "area-shape is-chosen" : "area-shape", ...data }),
      shape("circle", { cx: x, cy: y, r: 11, class: "area-badge", ...data }),
      number,
    ];
  }

  /** The chosen area's corners, and between them where new ones come. @param {Area} area @returns {SVGElement[]} */
  handles({ points }) {
    const between = points.map((point, at) => {
      const [x, y] = this.#place(middle([point, points[(at + 1) % points.length]]));
      return shape("circle", { cx: x, cy: y, r: 4, class: "area-between", "data-between": at });
    });
    return [...between, ...points.map((point, at) => this.#corner(point, at, points.length))];
  }

  /** @param {Sketch} sketch @returns {SVGElement[]} */
  sketch({ points, next, box, byKeys, kind }) {
    if (box) {
      const [[left, top], [right, bottom]] = box.map((point) => this.#place(point));
      return [shape("rect", { x: Math.min(left, right), y: Math.min(top, bottom), width: Math.abs(right - left), height: Math.abs(bottom - top), class: "area-sketch", "data-kind": kind })];
    }
    const way = next ? [...points, next] : points;
    const dots = points.map((point, at) => {
      const [cx, cy] = this.#place(point);
      return shape("circle", { cx, cy, r: at === 0 ? 9 : 5, class: at === 0 ? "area-dot is-first" : "area-dot" });
    });
    const line = shape("polyline", { points: this.#list(way), class: "area-sketch", "data-kind": kind });
    return [line, ...dots, ...(byKeys && next ? this.#cross(next) : [])];
  }

  /** @param {Point} point @param {number} at @param {number} all */
  #corner(point, at, all) {
    const [x, y] = this.#place(point);
    const words = t("Corner {n} of {all}: {place}", { n: at + 1, all, place: sayPlace(point) });
    const corner = shape("g", { class: "area-corner", "data-corner": at, tabindex: 0, role: "button", "aria-label": words });
    corner.append(shape("circle", { cx: x, cy: y, r: REACH_PX, class: "area-reach" }), shape("circle", { cx: x, cy: y, r: CORNER_PX, class: "area-dot" }));
    return corner;
  }

  /** @param {Point} point */
  #cross(point) {
    const [x, y] = this.#place(point);
    return [
      shape("path", { d: `M${x - 16} ${y}H${x + 16}M${x} ${y - 16}V${y + 16}`, class: "area-cross is-under" }),
      shape("path", { d: `M${x - 16} ${y}H${x + 16}M${x} ${y - 16}V${y + 16}`, class: "area-cross" }),
    ];
  }

  /** @param {Point} point @returns {Point} */
  #place([x, y]) {
    return [x * this.width, y * this.height];
  }

  /** @param {Point[]} points */
  #list(points) {
    return points.map((point) => this.#place(point).join(",")).join(" ");
  }
}

/** @param {string} name @param {Record<string, string | number>} attributes @returns {SVGElement} */
function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
