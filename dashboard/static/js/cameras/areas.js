// Areas on a camera's picture, as data: what can be done to them, and undone. No page is touched here.

export const POINTS_MIN = 3;
export const POINTS_MAX = 32;
export const AREAS_MAX = 16;
const AREA_MIN = 1e-6;
const UNDO_MAX = 100;

/** The areas of one camera; each change is a new list, so that the one before can come back. */
export class Areas {
  /** @type {Area[]} */
  #now = [];
  /** @type {Area[][]} */
  #past = [];

  get all() {
    return this.#now;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  /** Begin anew; what was before cannot be undone to. @param {Area[]} areas */
  reset(areas) {
    this.#now = areas;
    this.#past = [];
  }

  /** @returns {boolean} whether there was something to undo */
  undo() {
    const before = this.#past.pop();
    if (before) this.#now = before;
    return before !== undefined;
  }

  /** Remember how it is now, for a change that goes on for a while: a drag. */
  remember() {
    this.#past.push(this.#now);
    if (this.#past.length > UNDO_MAX) this.#past.shift();
  }

  /** @param {Area} area */
  add(area) {
    this.remember();
    this.#now = [...this.#now, area];
  }

  /** @param {number} index */
  remove(index) {
    this.remember();
    this.#now = this.#now.filter((_, at) => at !== index);
  }

  /** Let an area count where it did not, or the other way round. @param {number} index */
  turn(index) {
    this.remember();
    const area = this.#now[index];
    this.#put(index, { ...area, kind: area.kind === "include" ? "exclude" : "include" });
  }

  /** Move a corner, without remembering. @param {number} index @param {number} corner @param {Point} to */
  place(index, corner, to) {
    const area = this.#now[index];
    this.#put(index, { ...area, points: area.points.map((point, at) => (at === corner ? inside(to) : point)) });
  }

  /** Move a whole area as far as it stays inside, without remembering. @param {number} index @param {Point} by */
  shift(index, by) {
    const area = this.#now[index];
    const [dx, dy] = [0, 1].map((axis) => {
      const values = area.points.map((point) => point[axis]);
      return Math.min(1 - Math.max(...values), Math.max(-Math.min(...values), by[axis]));
    });
    this.#put(index, { ...area, points: area.points.map(([x, y]) => inside([x + dx, y + dy])) });
  }

  /** @param {number} index @param {number} after @param {Point} point */
  addCorner(index, after, point) {
    const area = this.#now[index];
    if (area.points.length >= POINTS_MAX) return false;
    this.remember();
    this.#put(index, { ...area, points: area.points.toSpliced(after + 1, 0, inside(point)) });
    return true;
  }

  /** @param {number} index @param {number} corner */
  removeCorner(index, corner) {
    const area = this.#now[index];
    const points = area.points.toSpliced(corner, 1);
    if (points.length < POINTS_MIN || !enclosesArea(points)) return false;
    this.remember();
    this.#put(index, { ...area, points });
    return true;
  }

  /** @param {AreaKind} kind */
  count(kind) {
    return this.#now.filter((area) => area.kind === kind).length;
  }

  /** @param {AreaKind} kind @returns {Point[][]} */
  polygons(kind) {
    return this.#now.filter((area) => area.kind === kind).map((area) => area.points);
  }

  /** @param {number} index @param {Area} area */
  #put(index, area) {
    this.#now = this.#now.with(index, area);
  }
}

/** Keep a point on the picture, to four digits. @param {Point} point @returns {Point} */
export function inside([x, y]) {
  const [kept, low] = [x, y].map((value) => Math.round(Math.min(1, Math.max(0, value)) * 10_000) / 10_000);
  return [kept, low];
}

/** Whether corners are more than a line; the server asks the same. @param {Point[]} points */
export function enclosesArea(points) {
  const away = points.map(([x, y]) => [x - points[0][0], y - points[0][1]]);
  return points.length >= POINTS_MIN && away.some(([ax, ay]) => away.some(([bx, by]) => Math.abs(ax * by - ay * bx) >= AREA_MIN));
}

/** @param {Point} from @param {Point} to @returns {Point[]} */
export function rectangle([left, top], [right, bottom]) {
  return [[left, top], [right, top], [right, bottom], [left, bottom]].map(([x, y]) => inside([x, y]));
}

/** Where an area's number stands. @param {Point[]} points @returns {Point} */
export function middle(points) {
  const sum = (/** @type {number} */ axis) => points.reduce((total, point) => total + point[axis], 0);
  return [sum(0) / points.length, sum(1) / points.length];
}
