// How a camera did over the last hour or day: figures, two charts, the numbers as a table.

import { ask } from "../api.js";
import { isIll } from "./conditions.js";
import { FramesChart, LatencyChart } from "./health-charts.js";
import { sayFrames, sayLastError, saySeconds, sayShare } from "./camera-words.js";
import { byId, icon, make, say } from "../page.js";
import { sayClock, sayCount, sayPeriod } from "../wording.js";
import { hear, t } from "../words.js";

/** @param {number} id @param {(now: CameraCondition) => void} onNow */
export function startHealth(id, onNow) {
  const frames = new FramesChart(byId("frames-chart"), (stretch) => point(stretch));
  const latency = new LatencyChart(byId("latency-chart"), (stretch) => point(stretch));
  /** @type {CameraPast | null} */
  let past = null;
  let isOpen = false;
  let span = "hour";

  async function refresh() {
    const asked = span;
    /** @type {CameraPast} */
    const read = await ask(`cameras/${id}/health?span=${asked}`);
    if (asked !== span) return;
    past = read;
    onNow(read.now);
    if (isOpen) show(read);
  }

  /** @param {CameraPast} read */
  function show(read) {
    showNote(read.now);
    showFacts(read);
    showRows(read);
    frames.show(read.series, read.step_s);
    latency.show(read.series, read.step_s);
    byId("frames-chart").setAttribute("aria-label", t("Frames: {figures}", { figures: sayFrames(read.frames) }));
    byId("latency-chart").setAttribute("aria-label", t("Latency: p95 {p95}", { p95: saySeconds(read.latency.p95_s) }));
    byId("frames-chart").closest("section")?.setAttribute("aria-busy", "false");
  }

  /** @param {HealthStretch | null} stretch under the pointer */
  function point(stretch) {
    const when = stretch && past ? sayStretch(stretch, past.step_s) : "";
    say(byId("frames-readout"), stretch ? t("{period}: {figures}", { period: when, figures: sayFrames(stretch.frames) }) : "\u00a0");
    say(byId("latency-readout"), stretch ? t("{period}: {figures}", { period: when, figures: saySeconds(stretch.latency.p95_s) }) : "\u00a0");
  }

  byId("health-span").addEventListener("change", (event) => {
    span = /** @type {HTMLInputElement} */ (event.target).value;
    void refresh().catch(() => null);
  });
  return {
    refresh,
    /** @param {boolean} opened whether it is in sight */
    open(opened) {
      isOpen = opened;
      if (opened && past) show(past);
    },
  };
}

/** Say what is wrong and what to do, or that nothing is. @param {CameraCondition} now */
function showNote(now) {
  const note = byId("health-note");
  const isBad = isIll(now.condition);
  const words = isBad ? hear(now.reason) || t("The camera does not answer.") : now.condition === "paused" ? t("It is paused: nothing is watched, nothing is counted.") : t("Nothing is wrong.");
  const last = isBad && now.condition === "lost" ? "" : sayLastError(now);
  note.dataset.condition = now.condition;
  const text = make("span", words);
  if (last) text.append(make("span", last, "small health-last"));
  note.replaceChildren(icon(isBad ? "warning" : now.condition === "paused" ? "paused" : "check"), text);
}

/** @param {CameraPast} past */
function showFacts({ series, frames, latency }) {
  const delivered = series.filter(({ gap }) => !gap).length;
  const reconnects = series.reduce((sum, stretch) => sum + stretch.reconnects, 0);
  const facts = [
    [t("Frames"), sayCount(frames.captured), frames.unresolved ? t("{n} still on their way", { n: frames.unresolved }) : t("all accounted for")],
    [t("Looked at"), sayShare(frames.looked_at, frames.captured), t("{skipped} skipped, {lost} lost", { skipped: frames.skipped, lost: frames.lost })],
    [t("Latency p95"), saySeconds(latency.p95_s), t("p50 {p50} · p99 {p99}", { p50: saySeconds(latency.p50_s), p99: saySeconds(latency.p99_s) })],
    [t("Reconnects"), sayCount(reconnects), reconnects ? t("lost and connected anew") : t("never lost")],
    [t("Delivered"), sayShare(delivered, series.length), t("of the time")],
  ];
  byId("health-facts").replaceChildren(...facts.map(([name, value, more]) => {
    const fact = make("div", "", "card");
    fact.append(make("dt", name, "small soft"), make("dd", value), make("dd", more, "small soft"));
    return fact;
  }));
}

/** @param {CameraPast} past newest first */
function showRows({ series, step_s: step }) {
  byId("health-rows").replaceChildren(...[...series].reverse().map((stretch) => {
    const row = make("tr");
    const { frames, latency } = stretch;
    const head = make("th", sayStretch(stretch, step));
    head.setAttribute("scope", "row");
    const cells = [frames.captured, frames.skipped, frames.lost].map(sayCount);
    const times = [latency.p50_s, latency.p95_s, latency.p99_s].map(saySeconds);
    row.append(head, ...[...cells, ...times, sayCount(stretch.reconnects)].map((one) => make("td", one)));
    return row;
  }));
}

/** @param {HealthStretch} stretch @param {number} step seconds */
function sayStretch({ start }, step) {
  const from = new Date(start);
  return step === 60 ? sayClock(from) : sayPeriod(from, new Date(from.getTime() + step * 1000));
}
