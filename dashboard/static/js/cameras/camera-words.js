// The health of a camera in words: frames, latencies, reconnects, the age of its last picture.

import { hear, LOCALE, t } from "../words.js";
import { sayCount, sayMoment, saySpan } from "../wording.js";

const SHARE = new Intl.NumberFormat(LOCALE, { style: "percent", maximumFractionDigits: 1 });
const WHOLE_SHARE = new Intl.NumberFormat(LOCALE, { style: "percent", maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const FINE = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** @param {number | null} seconds */
export function saySeconds(seconds) {
  if (seconds === null) return "–";
  return t("{n} s", { n: (seconds < 1 ? FINE : TENTHS).format(seconds) });
}

/** @param {number} part @param {number} whole @returns {string} never 100 % where something is missing */
export function sayShare(part, whole) {
  if (whole === 0) return "–";
  const share = part / whole;
  if (part < whole && share > 0.995) return t("over {share}", { share: SHARE.format(0.995) });
  return (share > 0 && share < 0.01 ? SHARE : WHOLE_SHARE).format(share);
}

/** Say what became of frames; all of them are accounted for. @param {Frames} frames */
export function sayFrames({ captured, skipped, lost }) {
  if (captured === 0) return t("no frames");
  const parts = [sayCount(captured)];
  if (skipped) parts.push(t("{share} skipped", { share: sayShare(skipped, captured) }));
  if (lost) parts.push(t("{share} lost", { share: sayShare(lost, captured) }));
  if (parts.length === 1) parts.push(t("all looked at"));
  return parts.join(" · ");
}

/** @param {Latency} latency */
export function sayLatencies({ p50_s, p99_s }) {
  return t("p50 {p50} · p99 {p99}", { p50: saySeconds(p50_s), p99: saySeconds(p99_s) });
}

/** @param {CameraCondition} now */
export function sayReconnects(now) {
  return now.reconnects_day === 0 ? t("none in 24 h") : t("{n} in 24 h", { n: now.reconnects_day });
}

/** @param {CameraCondition} now @returns {string} when and why it was lost the last time */
export function sayLastError(now) {
  if (!now.last_error) return "";
  return t("Last lost {moment}: {reason}", { moment: sayMoment(new Date(now.last_error.at)), reason: hear(now.last_error.reason) });
}

/** @param {string | null} at @returns {string} how old the last picture is */
export function sayAge(at) {
  if (at === null) return t("no picture yet");
  const seconds = (Date.now() - Date.parse(at)) / 1000;
  return seconds < 5 ? t("last picture just now") : t("last picture {span} ago", { span: saySpan(seconds) });
}

/** Draw the shares of frames as one bar. @param {HTMLElement} bar with a part each @param {Frames} frames */
export function drawFrames(bar, frames) {
  const parts = [frames.looked_at, frames.skipped, frames.lost];
  [...bar.children].forEach((part, index) => {
    /** @type {HTMLElement} */ (part).style.flexGrow = String(parts[index]);
  });
  bar.classList.toggle("is-empty", frames.captured === 0);
}

