// The live wall: tiles in view, the live connection, the numbers beside them.

import { listCameras } from "./api.js";
import { arrange } from "./grid.js";
import { refreshLatest } from "./latest.js";
import { connectLive } from "./live.js";
import { recall, remember } from "./memory.js";
import { byId, sayWithIcon } from "./page.js";
import { watchSingle } from "./single.js";
import { showStatistics } from "./statistics.js";
import { Tile } from "./tile.js";
import { startTrend } from "./trend.js";
import { peopleIn } from "./verdicts.js";
import { t } from "./words.js";

const STEP_MS = 1000;
const TREND_MS = 30_000;
const BACK_MS = 4000;

/** @type {Map<number, Tile>} */
const tiles = new Map();
/** @type {Set<number>} */
const inView = new Set();
const wall = byId("tiles");
const trend = startTrend();
const single = watchSingle(tiles, () => arrange(wall));
let clockOffset = 0;
let peopleToday = -1;
let wasLost = false;

const live = connectLive({
  onFrame: (frame, acknowledge) => {
    const tile = tiles.get(frame.camera_id);
    if (tile) tile.receive(frame, acknowledge);
    else acknowledge();
  },
  onStatistics: count,
  onCameras: () => void loadCameras(),
  onConnected: () => void back(),
  onLost: lost,
});

const views = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const id = Number(/** @type {HTMLElement} */ (target).dataset.cameraId);
    const tile = tiles.get(id);
    if (isIntersecting && tile) {
      tile.wake(Date.now() + clockOffset);
      inView.add(id);
    } else inView.delete(id);
  }
  watchInView();
}, { rootMargin: "80px" });

function watchInView() {
  live.watch(document.hidden ? [] : [...inView].sort((a, b) => a - b));
}

/** Bring the tiles into line with the server's list of cameras. */
async function loadCameras() {
  const cameras = await listCameras().catch(() => null);
  if (!cameras) return;
  for (const [id, tile] of tiles) if (!cameras.some((camera) => camera.id === id)) dropTile(id, tile);
  for (const camera of cameras) {
    const tile = tiles.get(camera.id);
    if (tile) tile.describe(camera);
    else addTile(camera);
  }
  document.body.classList.toggle("is-empty", cameras.length === 0);
  byId("no-cameras").hidden = cameras.length > 0;
  byId("figures").hidden = byId("numbers").hidden = cameras.length === 0;
  arrange(wall);
  single.follow();
}

/** @param {Camera} camera */
function addTile(camera) {
  const tile = new Tile(camera, single.open);
  tiles.set(camera.id, tile);
  wall.append(tile.root);
  views.observe(tile.root);
}

/** @param {number} id @param {Tile} tile */
function dropTile(id, tile) {
  views.unobserve(tile.root);
  inView.delete(id);
  tiles.delete(id);
  tile.close();
  watchInView();
}

/** @param {LiveStatistics} statistics */
function count(statistics) {
  clockOffset = Date.parse(statistics.server_time) - Date.now();
  for (const camera of statistics.cameras) tiles.get(camera.camera_id)?.count(camera);
  showStatistics(statistics, tiles.size);
  const people = peopleIn(statistics.today);
  if (people === peopleToday) return;
  peopleToday = people;
  refreshLists();
}

function refreshLists() {
  if (document.hidden) return;
  void refreshLatest((id) => tiles.get(id)?.camera?.name ?? t("Camera {id}", { id: String(id) })).catch(() => null);
}

async function back() {
  sayWithIcon(byId("connection-state"), "live", t("Live"));
  byId("connection-state").dataset.state = "live";
  document.body.classList.remove("is-lost");
  if (wasLost) {
    sayWithIcon(byId("connection"), "check", t("Connected again"));
    byId("connection").classList.add("is-good");
    setTimeout(() => { if (!wasLost) byId("connection").hidden = true; }, BACK_MS);
  }
  wasLost = false;
  await loadCameras();
  refreshLists();
}

function lost() {
  if (wasLost) return;
  wasLost = true;
  byId("connection").hidden = false;
  byId("connection").classList.remove("is-good");
  sayWithIcon(byId("connection"), "warning", t("The connection to the server is lost. The pictures below are old; trying again…"));
  sayWithIcon(byId("connection-state"), "reconnecting", t("Connection lost"));
  byId("connection-state").dataset.state = "reconnecting";
  document.body.classList.add("is-lost");
}

/** @param {boolean} isShown */
function showPanel(isShown) {
  document.body.classList.toggle("has-panel", isShown);
  byId("panel-toggle").setAttribute("aria-pressed", String(isShown));
}

showPanel(recall("panel") !== "hidden");
byId("panel-toggle").addEventListener("click", () => {
  const isShown = !document.body.classList.contains("has-panel");
  showPanel(isShown);
  remember("panel", isShown ? "shown" : "hidden");
});
document.addEventListener("visibilitychange", () => {
  watchInView();
  for (const id of inView) tiles.get(id)?.wake(Date.now() + clockOffset);
  if (!document.hidden) refreshLists();
});
new ResizeObserver(() => arrange(wall)).observe(wall);
setInterval(() => {
  if (document.hidden) return;
  for (const tile of tiles.values()) tile.showState(Date.now() + clockOffset);
}, STEP_MS);
setInterval(() => { if (!document.hidden) void trend.refresh().catch(() => null); }, TREND_MS);
void loadCameras();
void trend.refresh().catch(() => null);
