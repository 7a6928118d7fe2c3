// Two small charts of a camera's health: what became of its frames, and how long they took.

import { axis, colourOf, rootSize } from "../chart.js";
import { saySeconds } from "./camera-words.js";
import { sayClock, sayCount } from "../wording.js";

const HEIGHT = 150;

/** @typedef {(stretch: HealthStretch | null) => void} OnPoint */

class HealthChart {
  /** @param {HTMLElement} box @param {OnPoint} onPoint the stretch under the pointer */
  constructor(box, onPoint) {
    this.box = box;
    this.onPoint = onPoint;
    /** @type {HealthStretch[]} */
    this.series = [];
    this.step = 60;
    /** @type {uPlot | null} */
    this.plot = null;
    addEventListener("themechange", () => this.build());
    new ResizeObserver(() => this.fit()).observe(box);
  }

  /** @param {HealthStretch[]} series @param {number} step seconds of one stretch */
  show(series, step) {
    const isSame = this.plot !== null && step === this.step;
    this.series = series;
    this.step = step;
    if (isSame) this.plot?.setData(this.data());
    else this.build();
  }

  build() {
    this.plot?.destroy();
    this.plot = null;
    if (!this.series.length || !this.box.clientWidth) return;
    this.plot = new uPlot(this.options(), this.data(), this.box);
  }

  fit() {
    const width = this.box.clientWidth;
    if (!this.plot) return this.build();
    if (width && width !== this.plot.width) this.plot.setSize({ width, height: HEIGHT });
  }

  starts() {
    return this.series.map(({ start }) => Date.parse(start) / 1000);
  }

  /** @returns {uPlot.AlignedData} */
  data() {
    return [[]];
  }

  /** @returns {uPlot.Options} */
  options() {
    return { ...this.shared(), series: [{}] };
  }

  /** What both charts have in common. @returns {Omit<uPlot.Options, "series"> & { axes: uPlot.Axis[], scales: uPlot.Scales }} */
  shared() {
    return {
      width: this.box.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      padding: [8, 32, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false }, sync: { key: "health" } },
      scales: { x: { time: true, range: () => [this.starts()[0], this.starts()[this.series.length - 1] + this.step] } },
      axes: [{ ...axis(), size: 1.8 * rootSize(), space: 70, values: (_, marks) => marks.map((mark) => sayClock(new Date(mark * 1000))) }],
      hooks: { drawAxes: [(plot) => this.drawGaps(plot)], setCursor: [(plot) => this.point(plot)] },
    };
  }

  /** Shade the time in which nothing was delivered. @param {uPlot} plot */
  drawGaps(plot) {
    plot.ctx.save();
    plot.ctx.fillStyle = colourOf("--surface-sunken");
    this.series.forEach(({ gap }, index) => {
      if (!gap) return;
      const start = this.starts()[index];
      const [left, right] = [start, start + this.step].map((at) => Math.round(plot.valToPos(at, "x", true)));
      plot.ctx.fillRect(left, plot.bbox.top, right - left, plot.bbox.height);
    });
    plot.ctx.restore();
  }

  /** @param {uPlot} plot */
  point(plot) {
    const at = plot.cursor.left ?? -1;
    if (at < 0) return this.onPoint(null);
    const index = Math.floor((plot.posToVal(at, "x") - this.starts()[0]) / this.step);
    this.onPoint(this.series[index] ?? null);
  }
}

export class FramesChart extends HealthChart {
  /** @returns {uPlot.AlignedData} tops of a stack: the lower are drawn over the taller behind them */
  data() {
    const middles = this.starts().map((start) => start + this.step / 2);
    const { series } = this;
    return [
      middles,
      series.map(({ frames }) => frames.looked_at + frames.skipped + frames.lost),
      series.map(({ frames }) => frames.looked_at + frames.skipped),
      series.map(({ frames }) => frames.looked_at),
    ];
  }

  /** @returns {uPlot.Options} */
  options() {
    const shared = this.shared();
    const paths = uPlot.paths.bars?.({ size: [0.8, 24] });
    return {
      ...shared,
      scales: { ...shared.scales, y: { range: (_, __, most) => [0, Math.max(10, (most ?? 0) * 1.1)] } },
      axes: [...shared.axes, { ...axis(), space: 32, values: (_, marks) => marks.map(sayCount) }],
      series: [{}, ...["--no-mask-area", "--incorrect-area", "--mask-area"].map((colour) => ({ fill: colourOf(colour), width: 0, paths, points: { show: false } }))],
      hooks: { ...shared.hooks, draw: [(plot) => this.drawLosses(plot)] },
    };
  }

  /** Mark when the camera was lost. @param {uPlot} plot */
  drawLosses(plot) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.fillStyle = colourOf("--no-mask");
    const size = 0.35 * rootSize() * devicePixelRatio;
    this.series.forEach(({ reconnects }, index) => {
      if (!reconnects) return;
      const middle = plot.valToPos(this.starts()[index] + this.step / 2, "x", true);
      ctx.beginPath();
      ctx.moveTo(middle - size, bbox.top);
      ctx.lineTo(middle + size, bbox.top);
      ctx.lineTo(middle, bbox.top + 1.6 * size);
      ctx.fill();
    });
    ctx.restore();
  }
}

export class LatencyChart extends HealthChart {
  /** @returns {uPlot.AlignedData} */
  data() {
    const middles = this.starts().map((start) => start + this.step / 2);
    const of = (/** @type {"p50_s" | "p95_s" | "p99_s"} */ name) => this.series.map(({ latency }) => latency[name]);
    return [middles, of("p99_s"), of("p95_s"), of("p50_s")];
  }

  /** @returns {uPlot.Options} */
  options() {
    const shared = this.shared();
    const accent = colourOf("--accent");
    const soft = colourOf("--text-soft");
    return {
      ...shared,
      scales: { ...shared.scales, y: { range: (_, __, most) => [0, Math.max(0.5, (most ?? 0) * 1.1)] } },
      axes: [...shared.axes, { ...axis(), space: 32, values: (_, marks) => marks.map(saySeconds) }],
      series: [
        {},
        { stroke: soft, width: 1, dash: [2, 3], points: { show: false } },
        { stroke: accent, width: 2, points: { show: false } },
        { stroke: accent, width: 1, dash: [6, 4], points: { show: false } },
      ],
    };
  }
}
