// The wall's chart of the last hours: fetch, refresh, and the words beside it.

import { ask } from "../api.js";
import { ComplianceChart } from "../chart.js";
import { recall, remember } from "../memory.js";
import { byId, say } from "../page.js";
import { groupPeriods, trimStart } from "../periods.js";
import { peopleIn } from "../verdicts.js";
import { sayPeople, sayPeriod, sayRate } from "../wording.js";
import { n, t } from "../words.js";

/** Hours to show: the bucket asked for, and the seconds of one period. */
/** @type {Readonly<Record<string, { bucket: string, step: number }>>} */
const SPANS = {
  1: { bucket: "minute", step: 120 },
  3: { bucket: "minute", step: 600 },
  24: { bucket: "hour", step: 3600 },
};

const LEAST_PERIODS = 10;

/** Fetch the chart's data and draw it; `refresh` does it again, `of` for one camera or for all. */
export function startTrend() {
  const chart = new ComplianceChart(byId("chart-rate"), byId("chart-counts"), (period) => {
    say(byId("chart-readout"), period ? sayPoint(period, hours) : whole);
  });
  let hours = recall("chart-hours") ?? "1";
  let whole = "";
  /** @type {number | null} */
  let cameraId = null;
  if (!(hours in SPANS)) hours = "1";

  async function refresh() {
    const { bucket, step } = SPANS[hours];
    const end = Date.now() / 1000;
    const start = Math.floor((end - Number(hours) * 3600) / step) * step;
    const asked = cameraId;
    /** @type {Compliance} */
    const { series, totals } = await ask(`compliance?${query(start, end, bucket, cameraId)}`);
    if (asked !== cameraId) return;
    whole = t("{period}: {figures}", { period: sayHours(hours), figures: sayCounts(totals) });
    say(byId("chart-readout"), whole);
    byId("chart-rate").setAttribute("aria-label", t("Compliance rate. {figures}", { figures: whole }));
    chart.show(trimStart(groupPeriods(series, start, end, step), LEAST_PERIODS), step);
  }

  for (const input of byId("chart-span").querySelectorAll("input")) {
    input.checked = input.value === hours;
    input.addEventListener("change", () => {
      hours = input.value;
      remember("chart-hours", hours);
      void refresh().catch(() => null);
    });
  }
  return {
    refresh,
    /** @param {number | null} id */
    of(id) {
      cameraId = id;
      return refresh();
    },
  };
}

/** @param {number} start @param {number} end @param {string} bucket @param {number | null} cameraId */
function query(start, end, bucket, cameraId) {
  return new URLSearchParams({
    ...(cameraId === null ? {} : { camera_id: String(cameraId) }),
    from: new Date(start * 1000).toISOString(),
    to: new Date(end * 1000).toISOString(),
    bucket,
    tz: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
  });
}

/** @param {string} hours */
function sayHours(hours) {
  return n("Last hour", "Last {n} hours", Number(hours));
}

/** @param {import("../periods.js").Period} period @param {string} hours */
function sayPoint(period, hours) {
  const [start, end] = [period.start, period.start + SPANS[hours].step].map((at) => new Date(at * 1000));
  const figures = period.isGap ? t("nothing recorded") : sayCounts(period);
  return t("{period}: {figures}", { period: sayPeriod(start, end), figures });
}

/** @param {Counts} counts */
function sayCounts(counts) {
  const people = peopleIn(counts);
  return people === 0 ? t("nobody seen") : t("{rate}, {people}", { rate: sayRate(counts), people: sayPeople(people) });
}
