// All of the system page as text, to be sent to somebody who helps. English: helpers read it.

import { byId } from "../page.js";
import { toast } from "../messages.js";
import { t } from "../words.js";

const dialog = /** @type {HTMLDialogElement} */ (byId("report-dialog"));
const area = /** @type {HTMLTextAreaElement} */ (byId("report"));

/** @typedef {{ system: System | null, resources: Resources | null, findings: SystemFinding[] }} Known */

/** @param {Known} known what the page knows when the button is pressed */
export function startReport(known) {
  byId("report-open").addEventListener("click", () => {
    area.value = writeReport(known, new Date());
    dialog.showModal();
  });
  byId("report-copy").addEventListener("click", async () => {
    await copy();
    dialog.close();
    toast(t("The text is copied"));
  });
}

/** Copy the text; a page without TLS has no clipboard of its own. */
async function copy() {
  if (navigator.clipboard) return navigator.clipboard.writeText(area.value);
  area.select();
  document.execCommand("copy");
}

/** @param {Known} known @param {Date} now */
function writeReport({ system, resources, findings }, now) {
  const parts = [`Maskwatch system report, ${now.toISOString()}`, writeFindings(findings)];
  if (resources) parts.push(writeResources(resources));
  if (system) parts.push(writeQueue(system), section("Processes", system.processes.map(writeProcess)), section("Cameras", system.cameras.map(writeCamera)));
  return `${parts.join("\n\n")}\n`;
}

/** @param {string} title @param {string[]} lines */
function section(title, lines) {
  return [title, ...(lines.length ? lines : ["none"]).map((line) => `  ${line}`)].join("\n");
}

/** @param {SystemFinding[]} findings */
function writeFindings(findings) {
  return section("What is wrong", findings.map((one) => `[${one.severity}] ${one.title}. ${one.advice}`));
}

/** @param {Resources} resources */
function writeResources({ database, pictures, disk, memory, software }) {
  const growth = database.bytes_per_day === null ? "growth unknown" : `${Math.round(database.bytes_per_day)} bytes a day`;
  return [
    section("Software", software.map(({ name, version }) => `${name} ${version}`)),
    section("Room", [
      `database: ${database.server}, ${database.size_bytes} bytes, ${growth}`,
      `pictures: ${pictures.count}, ${pictures.size_bytes} of ${pictures.limit_bytes} bytes`,
      `disk: ${disk.free_bytes} of ${disk.total_bytes} bytes free`,
      `memory: ${memory.server}, ${memory.used_bytes} bytes, peak ${memory.peak_bytes}, limit ${memory.max_bytes || "none"}, ${memory.is_on_disk ? "on disk" : "not on disk"}`,
    ]),
  ].join("\n\n");
}

/** @param {System} system */
function writeQueue({ queue, counted_since }) {
  return section("Queues", [`frames: ${queue.waiting} wait, ${queue.in_flight} in work; results: ${queue.results} wait`, `counted since ${counted_since ?? "never"}`]);
}

/** @param {SystemProcess} one */
function writeProcess(one) {
  return `${one.name}, release ${one.version || "unknown"}, since ${one.started_at}: ${one.detail || "-"}`;
}

/** @param {CameraSystem} one */
function writeCamera({ camera_id, name, state, reason, frames, latency }) {
  const counts = Object.entries(frames).filter(([, count]) => typeof count === "number").map(([outcome, count]) => `${outcome} ${count}`);
  const times = [latency.p50_s, latency.p95_s, latency.p99_s].map((seconds) => (seconds === null ? "-" : seconds.toFixed(3)));
  return `${camera_id} ${name}: ${state}${reason ? ` (${reason})` : ""}; ${counts.join(", ")}, ${frames.is_balanced ? "balanced" : "NOT BALANCED"}; latency p50/p95/p99 ${times.join("/")} s of ${latency.frames}`;
}
