// Two charts over one time axis: the rate with its interval, and people by verdict.

import { sayClock, sayCount } from "./wording.js";
import { VERDICTS } from "./verdicts.js";

/** @typedef {import("./periods.js").Period} Period */

const RATE_HEIGHT = 150;
const COUNTS_HEIGHT = 110;

/** Lower parts of a stack are drawn over the taller ones behind them. */
export const STACK = [...VERDICTS].reverse();

export class ComplianceChart {
  /**
   * @param {HTMLElement} rateBox @param {HTMLElement} countsBox
   * @param {(period: Period | null) => void} onPoint the period under the pointer
   */
  constructor(rateBox, countsBox, onPoint) {
    this.boxes = [rateBox, countsBox];
    this.onPoint = onPoint;
    /** @type {Period[]} */
    this.periods = [];
    this.step = 60;
    /** @type {uPlot[]} */
    this.plots = [];
    addEventListener("themechange", () => this.build());
    new ResizeObserver(() => this.fit()).observe(rateBox);
  }

  /** @param {Period[]} periods @param {number} step seconds of one period */
  show(periods, step) {
    const isSame = this.plots.length > 0 && step === this.step;
    this.periods = periods;
    this.step = step;
    if (!isSame) return this.build();
    this.plots[0].setData(rateData(periods, step));
    this.plots[1].setData(countsData(periods, step));
  }

  build() {
    for (const plot of this.plots) plot.destroy();
    const [rateBox, countsBox] = this.boxes;
    if (!this.periods.length || !rateBox.clientWidth) return;
    this.plots = [
      new uPlot(this.rateOptions(), rateData(this.periods, this.step), rateBox),
      new uPlot(this.countsOptions(), countsData(this.periods, this.step), countsBox),
    ];
  }

  fit() {
    if (!this.plots.length) return this.build();
    const width = this.boxes[0].clientWidth;
    if (!width) return;
    this.plots[0].setSize({ width, height: RATE_HEIGHT });
    this.plots[1].setSize({ width, height: COUNTS_HEIGHT });
  }

  /** @returns {uPlot.Options} */
  rateOptions() {
    const accent = colourOf("--accent");
    return {
      ...this.sharedOptions(RATE_HEIGHT),
      scales: { x: this.timeScale(), y: { range: [0, 1] } },
      axes: [{ ...axis(), show: false }, { ...axis(), splits: [0, 0.5, 1], values: (_, marks) => marks.map((mark) => `${mark * 100} %`) }],
      series: [{}, { stroke: accent, width: 2, points: { show: true, size: 5, fill: accent, stroke: accent } }],
      hooks: { drawAxes: [(plot) => this.drawIntervals(plot, accent)], setCursor: [(plot) => this.point(plot)] },
    };
  }

  /** @returns {uPlot.Options} */
  countsOptions() {
    const bars = uPlot.paths.bars?.({ size: [0.8, 36] });
    return {
      ...this.sharedOptions(COUNTS_HEIGHT),
      scales: { x: this.timeScale(), y: { range: (_, __, most) => [0, Math.max(4, most * 1.05)] } },
      axes: [{ ...axis(), size: 1.6 * rootSize(), space: 70, values: (_, marks) => marks.map((mark) => sayClock(new Date(mark * 1000))) }, { ...axis(), space: 32, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000], values: (_, marks) => marks.map(sayCount) }],
      series: [{}, ...STACK.map((verdict) => ({ fill: colourOf(areaOf(verdict)), width: 0, paths: bars, points: { show: false } }))],
      hooks: { setCursor: [(plot) => this.point(plot)] },
    };
  }

  /** From the start of the first period to the end of the last. @returns {uPlot.Scale} */
  timeScale() {
    return { time: true, range: () => [this.periods[0].start, this.periods[this.periods.length - 1].start + this.step] };
  }

  /** @param {number} height */
  sharedOptions(height) {
    return {
      width: this.boxes[0].clientWidth,
      height,
      legend: { show: false },
      padding: /** @type {uPlot.Padding} */ ([8, 32, 8, 0]),
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false }, sync: { key: "compliance" } },
    };
  }

  /**
   * Draw each period's interval as a step of a band; gaps stay empty.
   * @param {uPlot} plot @param {string} colour
   */
  drawIntervals(plot, colour) {
    plot.ctx.save();
    plot.ctx.globalAlpha = 0.2;
    plot.ctx.fillStyle = colour;
    for (const { start, interval } of this.periods) {
      if (!interval) continue;
      const [left, right] = [start, start + this.step].map((at) => Math.round(plot.valToPos(at, "x", true)));
      const [low, high] = [interval.lower, interval.upper].map((share) => plot.valToPos(share, "y", true));
      plot.ctx.fillRect(left, high, right - left, low - high);
    }
    plot.ctx.restore();
  }

  /** @param {uPlot} plot */
  point(plot) {
    const index = plot.cursor.idx;
    const isOutside = index === null || index === undefined || (plot.cursor.left ?? -1) < 0;
    this.onPoint(isOutside ? null : this.periods[index]);
  }
}

/** @param {Period[]} periods @param {number} step @returns {uPlot.AlignedData} */
function rateData(periods, step) {
  return [periods.map((period) => period.start + step / 2), periods.map((period) => period.rate)];
}

/** @param {Period[]} periods @param {number} step @returns {uPlot.AlignedData} each verdict on top of those before it */
function countsData(periods, step) {
  const tops = STACK.map((_, index) => {
    const below = STACK.slice(index);
    return periods.map((period) => below.reduce((sum, verdict) => sum + period[verdict], 0));
  });
  return [periods.map((period) => period.start + step / 2), ...tops];
}

/** @returns {uPlot.Axis} */
export function axis() {
  return {
    stroke: colourOf("--text-soft"),
    font: `${0.75 * rootSize()}px sans-serif`,
    size: 3 * rootSize(),
    grid: { stroke: colourOf("--line"), width: 1 },
    ticks: { show: false },
  };
}

export function rootSize() {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

/** @param {Verdict} verdict */
export function areaOf(verdict) {
  return { mask: "--mask-area", incorrect_mask: "--incorrect-area", no_mask: "--no-mask-area", unsure: "--unsure-area" }[verdict];
}

/**
 * A canvas cannot read custom properties, nor light-dark(); an element can.
 * @param {string} property
 */
export function colourOf(property) {
  const probe = document.createElement("span");
  probe.style.color = `var(${property})`;
  probe.style.forcedColorAdjust = "none";
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
