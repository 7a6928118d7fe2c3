// The charts of the history: rate with its interval, people by verdict, and a brush to zoom with.

import { areaOf, axis, colourOf, rootSize, STACK } from "../chart.js";
import { sayCount } from "../wording.js";
import { LOCALE } from "../words.js";

/** @typedef {import("./stretches.js").Stretch} Stretch */

const DAY_S = 86_400;
const LEAST_DRAG_PX = 8;
const NARROW_PX = 560;
const PAGE = 10;
/** Below this share of the time a strip says that not all is known. */
const WELL_SEEN = 0.9;
const PARTIAL_PX = 12;

const CLOCK = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short" });
const MONTH = new Intl.DateTimeFormat(LOCALE, { month: "short", year: "numeric" });

/**
 * What the chart tells: the stretches pointed at or chosen, a choice to zoom into, a wish to go back.
 * @typedef {object} Hooks
 * @property {(chosen: Stretch[]) => void} onPoint @property {(chosen: Stretch[]) => void} onZoom
 * @property {() => void} onBack
 */

export class HistoryChart {
  /** @param {HTMLElement} frame takes the keys @param {HTMLElement} rateBox @param {HTMLElement} countsBox @param {Hooks} hooks */
  constructor(frame, rateBox, countsBox, hooks) {
    this.frame = frame;
    this.boxes = [rateBox, countsBox];
    this.hooks = hooks;
    /** @type {Stretch[]} */
    this.stretches = [];
    /** @type {uPlot[]} */
    this.plots = [];
    this.at = -1;
    this.anchor = -1;
    addEventListener("themechange", () => this.build());
    new ResizeObserver(() => this.fit()).observe(rateBox);
    frame.addEventListener("keydown", (event) => this.press(event));
    frame.addEventListener("focus", () => this.move(this.at < 0 ? this.stretches.length - 1 : this.at));
    frame.addEventListener("blur", () => this.leave());
  }

  /** @param {Stretch[]} stretches */
  show(stretches) {
    const isOver = document.activeElement === this.frame;
    this.stretches = stretches;
    this.at = this.anchor = -1;
    this.frame.setAttribute("aria-valuemax", String(Math.max(0, stretches.length - 1)));
    this.build();
    if (isOver) this.move(stretches.length - 1);
  }

  build() {
    for (const plot of this.plots) plot.destroy();
    this.plots = [];
    const [rateBox, countsBox] = this.boxes;
    if (!this.stretches.length || !rateBox.clientWidth) return;
    this.plots = [
      new uPlot(this.rateOptions(), rateData(this.stretches), rateBox),
      new uPlot(this.countsOptions(), countsData(this.stretches), countsBox),
    ];
    for (const plot of this.plots) this.listen(plot);
    this.mark();
  }

  fit() {
    if (!this.plots.length) return this.build();
    const width = this.boxes[0].clientWidth;
    if (!width || width === this.plots[0].width) return;
    this.plots.forEach((plot, index) => plot.setSize({ width, height: this.heights()[index] }));
    this.mark();
  }

  heights() {
    return this.boxes[0].clientWidth < NARROW_PX ? [210, 130] : [280, 160];
  }

  /** @returns {uPlot.Options} */
  rateOptions() {
    const accent = colourOf("--accent");
    const areMany = this.stretches.length > 60;
    const floor = this.stretches.every(({ interval }) => !interval || interval.lower > 0.5) ? 0.5 : 0;
    return {
      ...this.sharedOptions(0),
      scales: { x: this.timeScale(), y: { range: [floor, 1] } },
      axes: [{ ...axis(), show: false }, { ...axis(), splits: sharesFrom(floor), values: (_, marks) => marks.map((mark) => `${Math.round(mark * 100)} %`) }],
      series: [{}, { stroke: accent, width: 2, points: { size: areMany ? 4 : 6, fill: accent, stroke: accent, ...(areMany ? {} : { show: true }) } }],
      hooks: { drawAxes: [(plot) => { drawGaps(plot, this.stretches); drawIntervals(plot, this.stretches, accent); }] },
    };
  }

  /** @returns {uPlot.Options} */
  countsOptions() {
    return {
      ...this.sharedOptions(1),
      scales: { x: this.timeScale(), y: { range: (_, __, most) => [0, Math.max(4, (most ?? 0) * 1.05)] } },
      axes: [{ ...axis(), size: 1.8 * rootSize(), space: 72, values: (_, marks, __, ___, step) => marks.map((mark) => sayMark(mark, step)) }, { ...axis(), space: 36, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000], values: (_, marks) => marks.map(sayCount) }],
      series: [{}, ...STACK.map((verdict) => ({ fill: colourOf(areaOf(verdict)), width: 0, points: { show: false }, paths: () => null }))],
      hooks: { drawAxes: [(plot) => { drawGaps(plot, this.stretches.filter(({ isGap }) => isGap)); drawStacks(plot, this.stretches); }] },
    };
  }

  /** @returns {uPlot.Scale} */
  timeScale() {
    return { time: true, range: () => [this.stretches[0].start, this.stretches[this.stretches.length - 1].end] };
  }

  /** @param {number} index of the plot */
  sharedOptions(index) {
    return {
      width: this.boxes[0].clientWidth,
      height: this.heights()[index],
      legend: { show: false },
      padding: /** @type {uPlot.Padding} */ ([10, 16, 8, 0]),
      cursor: { x: false, y: false, drag: { x: false, y: false, setScale: false }, points: { show: false }, bind: { dblclick: () => null } },
    };
  }

  /** One way for mouse, pen and finger: point, drag a choice, let go. @param {uPlot} plot */
  listen(plot) {
    const indexAt = (/** @type {PointerEvent} */ event) => {
      const at = plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, "x");
      const index = this.stretches.findIndex(({ end }) => at < end);
      return index < 0 ? this.stretches.length - 1 : index;
    };
    let startX = Number.NaN;
    let begun = -1;
    plot.over.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      startX = event.clientX;
      begun = indexAt(event);
      plot.over.setPointerCapture(event.pointerId);
    });
    plot.over.addEventListener("pointermove", (event) => {
      const isDragging = Math.abs(event.clientX - startX) >= LEAST_DRAG_PX;
      this.move(indexAt(event), isDragging ? begun : -1, false);
    });
    plot.over.addEventListener("pointerup", (event) => {
      const isChoice = Math.abs(event.clientX - startX) >= LEAST_DRAG_PX;
      startX = Number.NaN;
      if (isChoice) this.zoom();
      else this.move(indexAt(event), -1, false);
    });
    plot.over.addEventListener("pointercancel", () => { startX = Number.NaN; this.leave(); });
    plot.over.addEventListener("pointerleave", () => { if (Number.isNaN(startX)) this.leave(); });
    plot.over.addEventListener("dblclick", () => this.hooks.onBack());
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || !this.stretches.length) return;
    const next = nextIndex(event.key, this.at, this.stretches.length);
    if (next !== null) {
      const anchor = this.anchor < 0 ? this.at : this.anchor;
      this.move(next, event.shiftKey ? anchor : -1);
    } else if (event.key === "Enter") this.zoom();
    else if (event.key === "Escape" && this.anchor >= 0) this.move(this.at);
    else if (event.key === "Escape") this.hooks.onBack();
    else return;
    event.preventDefault();
  }

  /** @param {number} index @param {number} anchor the other end of a choice; -1 for none @param {boolean} isByKey */
  move(index, anchor = -1, isByKey = true) {
    if (index < 0) return;
    if (index === this.at && anchor === this.anchor && !isByKey) return;
    [this.at, this.anchor] = [index, anchor];
    this.mark();
    this.frame.setAttribute("aria-valuenow", String(index));
    this.hooks.onPoint(this.chosen());
  }

  leave() {
    if (document.activeElement === this.frame && this.at >= 0) return;
    this.at = this.anchor = -1;
    this.mark();
    this.hooks.onPoint([]);
  }

  chosen() {
    const [low, high] = this.anchor < 0 ? [this.at, this.at] : [Math.min(this.at, this.anchor), Math.max(this.at, this.anchor)];
    return low < 0 ? [] : this.stretches.slice(low, high + 1);
  }

  zoom() {
    const chosen = this.chosen();
    this.anchor = -1;
    if (chosen.length) this.hooks.onZoom(chosen);
  }

  /** Show on both charts what is pointed at or chosen. */
  mark() {
    const chosen = this.chosen();
    for (const plot of this.plots) {
      if (!chosen.length) {
        plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        continue;
      }
      const left = plot.valToPos(chosen[0].start, "x");
      const width = Math.max(2, plot.valToPos(chosen[chosen.length - 1].end, "x") - left);
      plot.setSelect({ left, top: 0, width, height: plot.over.clientHeight || plot.bbox.height / devicePixelRatio }, false);
    }
  }
}

/**
 * @param {string} key @param {number} at the stretch pointed at, -1 for none @param {number} count
 * @returns {number | null} null where the key moves nothing
 */
function nextIndex(key, at, count) {
  const here = at < 0 ? count : at;
  const next = { ArrowLeft: here - 1, ArrowRight: at + 1, PageUp: here - PAGE, PageDown: at + PAGE, Home: 0, End: count - 1 }[key];
  return next === undefined ? null : Math.max(0, Math.min(count - 1, next));
}

/** @param {Stretch[]} stretches @returns {number[]} */
function middles(stretches) {
  return stretches.map(({ start, end }) => (start + end) / 2);
}

/** @param {Stretch[]} stretches @returns {uPlot.AlignedData} */
function rateData(stretches) {
  return [middles(stretches), stretches.map(({ rate }) => rate)];
}

/** @param {Stretch[]} stretches @returns {uPlot.AlignedData} each verdict on top of those before it */
function countsData(stretches) {
  const tops = STACK.map((_, index) => stretches.map((stretch) => STACK.slice(index).reduce((sum, verdict) => sum + stretch[verdict], 0)));
  return [middles(stretches), ...tops];
}

/** @param {number} floor @returns {number[]} */
function sharesFrom(floor) {
  return floor ? [0.5, 0.6, 0.7, 0.8, 0.9, 1] : [0, 0.25, 0.5, 0.75, 1];
}

/** @param {number} mark seconds since 1970 @param {number} step between marks, in seconds */
function sayMark(mark, step) {
  const moment = new Date(mark * 1000);
  if (step >= 27 * DAY_S) return MONTH.format(moment);
  const isMidnight = moment.getHours() === 0 && moment.getMinutes() === 0;
  return isMidnight || step >= DAY_S ? DAY.format(moment) : CLOCK.format(moment);
}

/** @param {uPlot} plot @param {Stretch} stretch @returns {[number, number]} left and right in pixels of the canvas */
function edgesOf(plot, { start, end }) {
  return [Math.round(plot.valToPos(start, "x", true)), Math.round(plot.valToPos(end, "x", true))];
}

/** @param {Stretch} stretch @returns {boolean} whether cameras delivered for a part of it alone */
function isPartial({ seen }) {
  return seen !== null && seen < WELL_SEEN;
}

/** Hatch what is not known; at the foot, what is known of a part. @param {uPlot} plot @param {Stretch[]} stretches */
function drawGaps(plot, stretches) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = hatch(ctx, colourOf("--line"));
  for (const stretch of stretches) {
    const height = stretch.isGap ? bbox.height : isPartial(stretch) ? PARTIAL_PX * devicePixelRatio : 0;
    const [left, right] = edgesOf(plot, stretch);
    ctx.fillRect(left, bbox.top + bbox.height - height, right - left, height);
  }
  ctx.restore();
}

/** @param {CanvasRenderingContext2D} ctx @param {string} colour @returns {CanvasPattern | string} diagonal lines */
function hatch(ctx, colour) {
  const size = Math.round(8 * devicePixelRatio);
  const tile = document.createElement("canvas");
  tile.width = tile.height = size;
  const pen = tile.getContext("2d");
  if (!pen) return colour;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.75 * devicePixelRatio;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  return ctx.createPattern(tile, "repeat") ?? colour;
}

/** Draw each interval as a step of a band. @param {uPlot} plot @param {Stretch[]} stretches @param {string} colour */
function drawIntervals(plot, stretches, colour) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.globalAlpha = 0.2;
  ctx.fillStyle = colour;
  for (const stretch of stretches) {
    if (!stretch.interval) continue;
    const [left, right] = edgesOf(plot, stretch);
    const [low, high] = [stretch.interval.lower, stretch.interval.upper].map((share) => plot.valToPos(share, "y", true));
    ctx.fillRect(left, high, right - left, low - high);
  }
  ctx.restore();
}

/** Draw people as stacked columns as wide as their time. @param {uPlot} plot @param {Stretch[]} stretches */
function drawStacks(plot, stretches) {
  const { ctx } = plot;
  const upwards = [...STACK].reverse();
  const colours = upwards.map((verdict) => colourOf(areaOf(verdict)));
  for (const stretch of stretches) {
    const [left, right] = edgesOf(plot, stretch);
    const space = right - left > 6 ? Math.min(8, Math.round((right - left) * 0.18)) : right - left > 2 ? 1 : 0;
    let below = 0;
    upwards.forEach((verdict, index) => {
      const [bottom, top] = [below, below + stretch[verdict]].map((count) => Math.round(plot.valToPos(count, "y", true)));
      below += stretch[verdict];
      ctx.fillStyle = colours[index];
      ctx.fillRect(left + space / 2, top, Math.max(1, right - left - space), bottom - top);
    });
  }
}
