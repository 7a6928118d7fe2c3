// The processes that tell that they are alive.

import { byId, say } from "../page.js";
import { showRows } from "./rows.js";
import { saySpan } from "../wording.js";
import { hear, n, t } from "../words.js";

/** @type {Readonly<Record<string, string>>} */
const KINDS = { ingest: t("Ingest"), worker: t("Worker"), recorder: t("Recorder"), jobs: t("Jobs"), dashboard: t("Dashboard") };
/** In the order of a frame's way. */
const ORDER = ["ingest", "worker", "recorder", "dashboard", "jobs"];

/** @param {SystemProcess[]} processes */
export function showProcesses(processes) {
  const sorted = processes.toSorted((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind)
    || one.host.localeCompare(other.host) || one.pid - other.pid);
  const hosts = new Set(processes.map(({ host }) => host)).size;
  say(byId("processes-words"), `${n("{n} process", "{n} processes", processes.length)} · ${n("{n} host", "{n} hosts", hosts)}`);
  byId("process-table").hidden = sorted.length === 0;
  byId("no-processes").hidden = sorted.length > 0;
  showRows(byId("process-rows"), "process-row", sorted, (one) => one.name, (part, one) => {
    say(part("kind"), KINDS[one.kind] ?? one.kind);
    say(part("host"), t("{host}, process {pid}", { host: one.host, pid: String(one.pid) }));
    say(part("version"), one.version || t("unknown"));
    say(part("age"), saySpan((Date.now() - Date.parse(one.started_at)) / 1000));
    say(part("detail"), hear(one.detail));
  });
}
