// Put bytes and seconds into few words.

import { LOCALE, t } from "../words.js";

const UNITS = ["B", "kB", "MB", "GB", "TB"];
const THREE = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 3 });

/** @param {number} bytes such as 12_300_000: 12.3 MB */
export function sayBytes(bytes) {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, Math.abs(bytes))) / 3));
  return `${THREE.format(bytes / 1000 ** step)} ${UNITS[step]}`;
}

/** @param {number | null} seconds of a latency; null where nothing was measured */
export function sayLatency(seconds) {
  if (seconds === null) return "–";
  return seconds < 1 ? t("{n} ms", { n: Math.round(seconds * 1000) }) : t("{n} s", { n: Math.round(seconds * 10) / 10 });
}
