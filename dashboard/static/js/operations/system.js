// The system page: asks for what is wrong and how all is, calmly, and hands it to its parts.

import { ask } from "../api.js";
import { follow } from "./follow.js";
import { byId } from "../page.js";
import { showCameras } from "./system-cameras.js";
import { showFigures, showResources } from "./system-figures.js";
import { showFindings } from "./system-findings.js";
import { showProcesses } from "./system-processes.js";
import { startReport } from "./support-text.js";

const EVERY_MS = 5000;
const RESOURCES_EVERY_MS = 30_000;

/** @type {{ system: System | null, resources: Resources | null, findings: SystemFinding[] }} */
const known = { system: null, resources: null, findings: [] };
let resourcesAt = -Infinity;

async function refresh() {
  const [system, findings, conditions] = await Promise.all([ask("system"), ask("system/findings"), ask("cameras/health")]);
  known.system = system;
  known.findings = findings.items;
  showFindings(findings.items);
  showFigures(system, conditions.items);
  showCameras(system);
  showProcesses(system.processes);
  await refreshResources();
  /** @type {HTMLButtonElement} */ (byId("report-open")).disabled = false;
  return EVERY_MS;
}

async function refreshResources() {
  if (performance.now() - resourcesAt < RESOURCES_EVERY_MS) return;
  known.resources = await ask("system/resources");
  resourcesAt = performance.now();
  if (known.resources) showResources(known.resources);
}

startReport(known);
follow(refresh, "system-away");
