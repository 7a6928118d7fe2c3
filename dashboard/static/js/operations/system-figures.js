// The figures at a glance: frames, queues, database, pictures, disk, memory, software.

import { byId, make, say } from "../page.js";
import { sayBytes } from "./sizes.js";
import { sayCount, sayPercent, sayTenths } from "../wording.js";
import { n, t } from "../words.js";

/** Of the frames that /cameras/health counts. */
const MINUTES = 15;

/** @param {System} system @param {{ frames: { captured: number, looked_at: number } }[]} conditions */
export function showFigures(system, conditions) {
  const sum = (/** @type {"captured" | "looked_at"} */ name) => conditions.reduce((total, one) => total + one.frames[name], 0);
  const [captured, looked] = [sum("captured"), sum("looked_at")];
  say(byId("rate"), captured ? sayPercent(Math.floor((looked / captured) * 1000) / 1000) : "–");
  say(byId("rate-words"), captured
    ? t("of {n} frames a second, over {minutes} minutes", { n: sayTenths(captured / MINUTES / 60), minutes: MINUTES })
    : t("no frame in the last {minutes} minutes", { minutes: MINUTES }));
  const { waiting, in_flight, results } = system.queue;
  say(byId("waiting"), sayCount(waiting));
  say(byId("waiting-words"), t("frames for a worker; {held} in work, {results} results to be recorded", { held: in_flight, results }));
}

/** @param {Resources} resources */
export function showResources({ database, pictures, disk, memory, software }) {
  say(byId("database"), sayBytes(database.size_bytes));
  say(byId("database-words"), `${sayGrowth(database.bytes_per_day)} · ${database.server}`);
  say(byId("pictures"), sayCount(pictures.count));
  showBar("pictures-bar", pictures.size_bytes / pictures.limit_bytes);
  say(byId("pictures-words"), t("{used} of {limit}", { used: sayBytes(pictures.size_bytes), limit: sayBytes(pictures.limit_bytes) }));
  say(byId("disk"), t("{size} free", { size: sayBytes(disk.free_bytes) }));
  showBar("disk-bar", 1 - disk.free_bytes / disk.total_bytes);
  say(byId("disk-words"), sayDisk(disk, database.bytes_per_day));
  say(byId("memory-title"), t("Memory of {server}", { server: memory.server.split(" ")[0] }));
  say(byId("memory"), sayBytes(memory.used_bytes));
  say(byId("memory-words"), sayMemory(memory));
  const list = byId("software");
  if (list.childElementCount === software.length) return;
  list.replaceChildren(...software.map(({ name, version }) => {
    const row = make("div");
    row.append(make("dt", name), make("dd", version));
    return row;
  }));
}

/** @param {number | null} bytes */
function sayGrowth(bytes) {
  if (bytes === null) return t("growth is known after six hours");
  if (Math.abs(bytes) < 10_000) return t("does not grow");
  return bytes > 0 ? t("grows by {size} a day", { size: sayBytes(bytes) }) : t("shrinks by {size} a day", { size: sayBytes(-bytes) });
}

/** @param {Resources["disk"]} disk @param {number | null} growth bytes a day */
function sayDisk(disk, growth) {
  const total = t("of {size}", { size: sayBytes(disk.total_bytes) });
  if (growth === null || growth <= 0) return total;
  const days = Math.floor(disk.free_bytes / growth);
  const span = days > 3650 ? t("enough for years") : n("enough for {n} day", "enough for {n} days", days);
  return `${total} · ${span}`;
}

/** @param {Resources["memory"]} memory */
function sayMemory(memory) {
  const peak = t("{size} at most so far", { size: sayBytes(memory.peak_bytes) });
  return [...(memory.max_bytes ? [t("of {size}", { size: sayBytes(memory.max_bytes) })] : []), peak].join(" · ");
}

/** Draw what the words below say. @param {string} id @param {number} share */
function showBar(id, share) {
  const bar = byId(id);
  bar.hidden = false;
  bar.style.setProperty("--share", String(Math.min(1, Math.max(0, share))));
  bar.dataset.tone = share > 0.95 ? "bad" : share > 0.85 ? "warning" : "";
}
