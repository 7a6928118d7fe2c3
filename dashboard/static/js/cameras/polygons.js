// The editor of a camera's areas, on its picture: by mouse, by finger and by keys.

import { areaRow, sayHow, sayWhat } from "./area-list.js";
import { drawAreas, focusCorner, sayPlace } from "./area-shapes.js";
import { AREAS_MAX, Areas, POINTS_MAX, POINTS_MIN, enclosesArea, inside, rectangle } from "./areas.js";
import { partsOf, say } from "../page.js";
import { n, t } from "../words.js";

const STEP = 0.01;
const LEAP = 0.05;
/** Pixels within which a click means the first corner, and a pull is no click. */
const NEAR_PX = 14;
const PULL_PX = 10;
const EMPTY_WH = [960, 540];

/**
 * What a pressed pointer pulls: a rectangle or click of the sketch, a corner, or a whole area.
 * @typedef {{ what: "sketch" | "corner" | "area", corner: number, from: Point, isPulled: boolean }} Pull
 */

/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Bind the editor in the markup of camera_rules_fields.html.
 * @param {HTMLElement} root
 * @param {() => void} changed is called after each change
 */
export function openPolygons(root, changed) {
  return new Editor(root, changed);
}

class Editor {
  #areas = new Areas();
  #chosen = -1;
  /** @type {import("./area-shapes.js").Sketch | null} */
  #sketch = null;
  /** @type {Pull | null} */
  #pull = null;

  /** @param {HTMLElement} root @param {() => void} changed */
  constructor(root, changed) {
    this.part = partsOf(root);
    this.root = root;
    this.changed = changed;
    this.svg = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (this.part("shapes")));
    this.canvas = /** @type {HTMLCanvasElement} */ (this.part("ground"));
    [this.canvas.width, this.canvas.height] = EMPTY_WH;
    this.#listen();
    this.#show();
  }

  /** @returns {{ include: Point[][], exclude: Point[][] }} */
  read() {
    return { include: this.#areas.polygons("include"), exclude: this.#areas.polygons("exclude") };
  }

  /** @param {{ include: Point[][], exclude: Point[][] }} rules */
  write({ include, exclude }) {
    const of = (/** @type {AreaKind} */ kind) => (/** @type {Point[]} */ points) => ({ kind, points });
    this.#areas.reset([...include.map(of("include")), ...exclude.map(of("exclude"))]);
    [this.#chosen, this.#sketch] = [-1, null];
    this.#show();
  }

  isDrawing() {
    return this.#sketch !== null;
  }

  /** Lay a picture under the areas. @param {ImageBitmap | HTMLImageElement | string | null} source */
  async show(source) {
    const picture = typeof source === "string" ? await load(source) : source;
    [this.canvas.width, this.canvas.height] = picture ? [picture.width, picture.height] : EMPTY_WH;
    if (picture) this.canvas.getContext("2d")?.drawImage(picture, 0, 0);
    this.root.toggleAttribute("data-picture", picture !== null);
    this.#show();
  }

  #listen() {
    const { svg } = this;
    svg.addEventListener("pointerdown", (event) => this.#press(event));
    svg.addEventListener("pointermove", (event) => this.#move(event));
    svg.addEventListener("pointerup", (event) => this.#release(event));
    svg.addEventListener("pointercancel", () => this.#letGo());
    svg.addEventListener("dblclick", () => this.#sketch && this.#finish());
    svg.addEventListener("keydown", (event) => this.#key(event));
    this.root.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "z") this.#do(event, () => this.#undo());
    });
    for (const kind of /** @type {const} */ (["include", "exclude"])) {
      this.part(`draw-${kind}`).addEventListener("click", (event) => this.#begin(kind, event.detail === 0));
    }
    this.part("finish").addEventListener("click", () => this.#finish());
    this.part("give-up").addEventListener("click", () => this.#giveUp());
    this.part("undo").addEventListener("click", () => this.#undo());
    new ResizeObserver(() => this.#draw()).observe(svg);
  }

  // Drawing a new area

  /** @param {AreaKind} kind @param {boolean} byKeys */
  #begin(kind, byKeys) {
    if (this.#areas.count(kind) >= AREAS_MAX) return this.#say(t("There are {n} areas of this kind already; delete one first.", { n: AREAS_MAX }));
    this.#sketch = { kind, points: [], next: byKeys ? [0.5, 0.5] : null, box: null, byKeys };
    this.#chosen = -1;
    this.#show();
    this.svg.focus();
    this.svg.scrollIntoView({ block: "nearest" });
    if (byKeys) this.#say(t("Arrows move the cross, Space sets a corner, Enter finishes, Escape gives up."));
  }

  /** @param {Point} point */
  #setCorner(point) {
    const sketch = this.#sketch;
    if (!sketch) return;
    if (sketch.points.length >= POINTS_MIN && this.#isNear(point, sketch.points[0])) return this.#finish();
    if (sketch.points.length && this.#isNear(point, sketch.points[sketch.points.length - 1], 3)) return;
    sketch.points = [...sketch.points, inside(point)];
    this.#say(t("Corner {n}: {place}", { n: sketch.points.length, place: sayPlace(point) }));
    if (sketch.points.length >= POINTS_MAX) return this.#finish();
    this.#show();
  }

  #finish() {
    const sketch = this.#sketch;
    if (!sketch) return;
    if (!enclosesArea(sketch.points)) return this.#say(t("An area needs three corners that are not on one line."));
    this.#close(sketch.points);
  }

  /** @param {Point[]} points */
  #close(points) {
    const sketch = this.#sketch;
    if (!sketch) return;
    this.#sketch = null;
    this.#areas.add({ kind: sketch.kind, points });
    this.#chosen = this.#areas.all.length - 1;
    this.#settle();
    if (sketch.byKeys) focusCorner(this.svg, 0);
    this.#say(n("Area {at} is drawn, with {n} corner.", "Area {at} is drawn, with {n} corners.", points.length, { at: this.#chosen + 1 }));
  }

  #giveUp() {
    const kind = this.#sketch?.kind ?? "include";
    this.#sketch = null;
    this.#show();
    this.part(`draw-${kind}`).focus();
  }

  #undo() {
    if (this.#sketch) {
      this.#sketch.points = this.#sketch.points.slice(0, -1);
      return this.#show();
    }
    if (!this.#areas.undo()) return;
    this.#chosen = Math.min(this.#chosen, this.#areas.all.length - 1);
    this.#settle();
    this.#say(t("Undone."));
  }

  // By mouse and finger

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button !== 0) return;
    const { corner, between, area } = /** @type {HTMLElement} */ (/** @type {Element} */ (event.target).closest("[data-corner], [data-between], [data-area]") ?? this.svg).dataset;
    const from = this.#pointOf(event);
    if (this.#sketch) this.#sketch.byKeys = false;
    if (this.#sketch) this.#pull = { what: "sketch", corner: -1, from, isPulled: false };
    else if (corner !== undefined) this.#pull = { what: "corner", corner: Number(corner), from, isPulled: false };
    else if (between !== undefined) this.#pullNew(Number(between), from);
    else this.#choose(area === undefined ? -1 : Number(area));
    if (area !== undefined && !this.#sketch) this.#pull = { what: "area", corner: -1, from, isPulled: false };
    if (this.#pull) this.svg.setPointerCapture(event.pointerId);
  }

  /** Pull a new corner out of an edge. @param {number} after @param {Point} from */
  #pullNew(after, from) {
    if (!this.#areas.addCorner(this.#chosen, after, from)) return this.#say(t("An area has {n} corners at most.", { n: POINTS_MAX }));
    this.#pull = { what: "corner", corner: after + 1, from, isPulled: true };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const at = this.#pointOf(event);
    if (this.#sketch && event.pointerType === "mouse") this.#sketch.next = at;
    if (this.#pull) this.#pullTo(this.#pull, at);
    else if (this.#sketch) this.#draw();
  }

  /** @param {Pull} pull @param {Point} at */
  #pullTo(pull, at) {
    if (!pull.isPulled && this.#isNear(at, pull.from, PULL_PX)) return;
    if (!pull.isPulled && pull.what !== "sketch") this.#areas.remember();
    pull.isPulled = true;
    if (pull.what === "corner") this.#areas.place(this.#chosen, pull.corner, at);
    if (pull.what === "area") {
      this.#areas.shift(this.#chosen, [at[0] - pull.from[0], at[1] - pull.from[1]]);
      pull.from = at;
    }
    if (this.#sketch && !this.#sketch.points.length) this.#sketch.box = [pull.from, inside(at)];
    this.#draw();
  }

  /** @param {PointerEvent} event */
  #release(event) {
    const pull = this.#pull;
    this.#pull = null;
    if (!pull) return;
    if (pull.what === "sketch") return this.#releaseSketch(pull.from, this.#pointOf(event));
    if (pull.isPulled) this.#keepIfArea();
  }

  /** A pull over the empty picture is a rectangle, all else a corner. @param {Point} from @param {Point} to */
  #releaseSketch(from, to) {
    const sketch = this.#sketch;
    if (!sketch?.box) return this.#setCorner(to);
    const points = rectangle(from, to);
    sketch.box = null;
    if (enclosesArea(points)) this.#close(points);
    else this.#draw();
  }

  #letGo() {
    if (this.#sketch) this.#sketch.box = null;
    if (this.#pull?.isPulled) this.#areas.undo();
    this.#pull = null;
    this.#show();
  }

  // By keys

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.#sketch) return this.#keyOfSketch(event, this.#sketch);
    const corner = /** @type {HTMLElement} */ (event.target).dataset.corner;
    if (corner !== undefined) this.#keyOfCorner(event, Number(corner));
  }

  /** @param {KeyboardEvent} event @param {import("./area-shapes.js").Sketch} sketch */
  #keyOfSketch(event, sketch) {
    const arrow = ARROWS[event.key];
    if (arrow) this.#do(event, () => {
      sketch.byKeys = true;
      sketch.next = stepped(sketch.next ?? [0.5, 0.5], arrow, event.shiftKey);
      this.#say(sayPlace(sketch.next));
      this.#draw();
    });
    else if (event.key === " ") this.#do(event, () => this.#setCorner(sketch.next ?? [0.5, 0.5]));
    else if (event.key === "Enter") this.#do(event, () => this.#finish());
    else if (event.key === "Escape") this.#do(event, () => this.#giveUp());
    else if (event.key === "Backspace" || event.key === "Delete") this.#do(event, () => this.#undo());
  }

  /** @param {KeyboardEvent} event @param {number} corner */
  #keyOfCorner(event, corner) {
    const arrow = ARROWS[event.key];
    const { points } = this.#areas.all[this.#chosen];
    if (arrow) this.#do(event, () => {
      this.#areas.remember();
      this.#areas.place(this.#chosen, corner, stepped(points[corner], arrow, event.shiftKey));
      this.#keepIfArea();
      this.#say(sayPlace(this.#areas.all[this.#chosen].points[corner]));
    });
    else if (event.key === "Delete" || event.key === "Backspace") this.#do(event, () => {
      if (this.#areas.removeCorner(this.#chosen, corner)) this.#settle();
      else this.#say(t("An area needs three corners that are not on one line."));
    });
    else if (event.key === "+" || event.key === "Insert") this.#do(event, () => {
      const next = points[(corner + 1) % points.length];
      if (!this.#areas.addCorner(this.#chosen, corner, [(points[corner][0] + next[0]) / 2, (points[corner][1] + next[1]) / 2])) return;
      this.#settle();
      focusCorner(this.svg, corner + 1);
    });
    else if (event.key === "Escape") this.#do(event, () => this.#nameButton(this.#chosen)?.focus());
  }

  /** @param {Event} event @param {() => void} act */
  #do(event, act) {
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  // What is shown

  /** Take a change back that left no area. */
  #keepIfArea() {
    if (!enclosesArea(this.#areas.all[this.#chosen].points)) this.#areas.undo();
    this.#settle();
  }

  #settle() {
    this.#show();
    this.changed();
  }

  /** @param {number} index */
  #choose(index) {
    this.#chosen = index;
    this.#show();
  }

  #show() {
    const [sketch, areas] = [this.#sketch, this.#areas.all];
    this.root.toggleAttribute("data-drawing", sketch !== null);
    this.root.toggleAttribute("data-chosen", this.#chosen >= 0);
    this.svg.setAttribute("tabindex", sketch ? "0" : "-1");
    this.part("drawing").hidden = sketch === null;
    this.part("idle").hidden = sketch !== null;
    /** @type {HTMLButtonElement} */ (this.part("finish")).disabled = !sketch || !enclosesArea(sketch.points);
    /** @type {HTMLButtonElement} */ (this.part("undo")).disabled = sketch ? !sketch.points.length : !this.#areas.canUndo;
    say(this.part("hint"), sketch ? sayHow(sketch.points.length) : sayWhat(this.#areas));
    this.part("list").replaceChildren(...areas.map((area, index) => this.#row(area, index)));
    this.#draw();
  }

  #draw() {
    drawAreas(this.svg, { areas: this.#areas.all, chosen: this.#chosen, sketch: this.#sketch });
  }

  /** @param {Area} area @param {number} index */
  #row(area, index) {
    return areaRow(area, index, index === this.#chosen, {
      choose: () => {
        this.#choose(index === this.#chosen ? -1 : index);
        this.#nameButton(index)?.focus();
      },
      turn: () => {
        this.#areas.turn(index);
        this.#settle();
      },
      remove: () => this.#delete(index),
    });
  }

  /** @param {number} index */
  #delete(index) {
    this.#areas.remove(index);
    this.#chosen = -1;
    this.#settle();
    this.#say(t("Area {n} is deleted; undo brings it back.", { n: index + 1 }));
    this.part("undo").focus();
  }

  /** @param {number} index @returns {HTMLElement | undefined} */
  #nameButton(index) {
    return /** @type {HTMLElement[]} */ ([...this.part("list").querySelectorAll(".area-name")])[index];
  }

  /** @param {string} words */
  #say(words) {
    say(this.part("said"), words);
  }

  /** @param {MouseEvent} event @returns {Point} */
  #pointOf({ clientX, clientY }) {
    const { left, top, width, height } = this.svg.getBoundingClientRect();
    return inside([(clientX - left) / width, (clientY - top) / height]);
  }

  /** @param {Point} one @param {Point} other */
  #isNear(one, other, within = NEAR_PX) {
    const { width, height } = this.svg.getBoundingClientRect();
    return Math.hypot((one[0] - other[0]) * width, (one[1] - other[1]) * height) <= within;
  }
}

/** @param {Point} point @param {Point} arrow @param {boolean} isFar */
function stepped(point, arrow, isFar) {
  const step = isFar ? LEAP : STEP;
  return inside([point[0] + arrow[0] * step, point[1] + arrow[1] * step]);
}

/** @param {string} address @returns {Promise<HTMLImageElement | null>} */
async function load(address) {
  const picture = new Image();
  picture.src = address;
  return picture.decode().then(() => picture, () => null);
}
