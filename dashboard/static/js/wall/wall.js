// The live wall: cameras, their layout, the live connection, and the numbers beside them.

import { Alarms } from "./alarms.js";
import { ask } from "../api.js";
import { sayConnected, sayDatabaseAway, sayDatabaseBack, sayLost } from "./connection.js";
import { ALL, placesIn } from "./arrangement.js";
import { Arranging } from "./arranging.js";
import { offerWallKeys } from "./wall-keys.js";
import { refreshLatest } from "./latest.js";
import { Layouts } from "./layouts.js";
import { connectLive } from "./live.js";
import { recall, remember } from "../memory.js";
import { startMenus } from "../menus.js";
import { byId, say } from "../page.js";
import { startScreen } from "./screen.js";
import { Single } from "./single.js";
import { startSound } from "./sound.js";
import { showStatistics } from "./statistics.js";
import { Tiles } from "./tiles.js";
import { startTrend } from "./trend.js";
import { peopleIn, WORDS } from "../verdicts.js";
import { t } from "../words.js";

const STEP_MS = 1000;
const TREND_MS = 30_000;
const WALL_MS = 60_000;
/** A page that nobody sees hangs up after this; who only glances elsewhere keeps the connection. */
const REST_MS = 5000;
/** Screen readers are told of violations, but not of each. */
const TELL_MS = 10_000;
/** The server lets a page watch so many at once. */
const TILES_MAX = 36;

const isKiosk = document.body.classList.contains("is-kiosk");
/** @type {Map<number, WallCamera>} by name */
let cameras = new Map();
let page = 0;
let clockOffset = 0;
let peopleToday = -1;
let toldAt = -Infinity;
let resting = 0;
/** @type {LiveStatistics | null} */
let statistics = null;

const sound = startSound();
const trend = isKiosk ? null : startTrend();
const tiles = new Tiles(byId("tiles"), (tile) => single.open(tile.camera?.id ?? 0), watchInView);
/** @type {Single} */
const single = new Single(tiles, () => placesNow().map((place) => place.camera_id), showTiles, (id) => {
  if (statistics) showStatistics(statistics, cameras.size, id);
  void trend?.of(id).catch(() => null);
  refreshLists();
});
const layouts = new Layouts(() => { page = 0; showTiles(); });
const arranging = new Arranging(tiles, layouts, () => cameras, showTiles);
const screen = startScreen(() => tiles.arrange());
const alarms = new Alarms((cameraId, verdict) => {
  tiles.byId.get(cameraId)?.alarm(verdict);
  sound.ring();
  tell(t("{verdict}: {camera}", { verdict: WORDS[verdict], camera: nameOf(cameraId) }));
});
const live = connectLive({
  onFrame: (frame, acknowledge) => {
    const tile = tiles.byId.get(frame.camera_id);
    if (tile) tile.receive(frame, acknowledge);
    else acknowledge();
    alarms.seeFrame(frame, Date.now());
  },
  onStatistics: count,
  onDatabaseAway: sayDatabaseAway,
  onCameras: () => void loadWall(),
  onConnected: () => void connected(),
  onLost: sayLost,
});

/** Bring the wall into line with the server's cameras and layouts. */
async function loadWall() {
  /** @type {WallData | null} */
  const data = await ask("wall").catch(() => null);
  if (data) takeWall(data);
}

/** @param {WallData} data */
function takeWall(data) {
  cameras = new Map(data.cameras.map((camera) => [camera.id, camera]));
  layouts.take(data.layouts);
  document.body.classList.toggle("is-empty", cameras.size === 0);
  byId("no-cameras").hidden = cameras.size > 0;
  byId("figures").hidden = byId("numbers").hidden = cameras.size === 0;
  showTiles();
}

/** @returns {TilePlace[]} of the layout; of all cameras, where one is enlarged that the layout leaves out. */
function placesNow() {
  const places = placesIn(layouts.arrangement, [...cameras.values()]);
  const { asked } = single;
  const isLeftOut = asked !== null && cameras.has(asked) && !places.some((place) => place.camera_id === asked);
  return isLeftOut ? placesIn(ALL, [...cameras.values()]) : places;
}

/**
 * Show the cameras of the layout; more than the server sends to one page stand on further pages.
 * While somebody arranges them, they stay as they are.
 */
function showTiles() {
  if (arranging.isOn) return;
  const places = placesNow();
  const pages = Math.max(1, Math.ceil(places.length / TILES_MAX));
  const asked = places.findIndex((place) => place.camera_id === single.asked);
  page = asked >= 0 ? Math.floor(asked / TILES_MAX) : Math.min(page, pages - 1);
  const start = page * TILES_MAX;
  tiles.show(places.slice(start, start + TILES_MAX), cameras);
  byId("pages").hidden = pages === 1;
  say(byId("pages-words"), t("{from}–{to} of {all}", { from: start + 1, to: Math.min(start + TILES_MAX, places.length), all: places.length }));
  byId("layout-empty").hidden = places.length > 0 || cameras.size === 0;
  single.follow();
}

/** Ask for the pictures that can be seen. */
function watchInView() {
  live.watch(document.hidden ? [] : tiles.viewed());
}

/** @param {number} by */
function turnPage(by) {
  const pages = Math.ceil(placesNow().length / TILES_MAX);
  page = (page + by + pages) % pages;
  showTiles();
}

/** @param {LiveStatistics} news */
function count(news) {
  if (sayDatabaseBack()) watchInView();
  statistics = news;
  clockOffset = Date.parse(news.server_time) - Date.now();
  for (const camera of news.cameras) tiles.byId.get(camera.camera_id)?.count(camera);
  alarms.seeStatistics(news, new Set(document.hidden ? [] : tiles.viewed()));
  if (document.hidden) return;
  showStatistics(news, cameras.size, single.id);
  const people = peopleIn(news.today);
  if (people === peopleToday) return;
  peopleToday = people;
  refreshLists();
}

function refreshLists() {
  if (document.hidden || isKiosk) return;
  void refreshLatest(nameOf, single.id).catch(() => null);
}

/** @param {number} id */
function nameOf(id) {
  return cameras.get(id)?.name ?? t("Camera {id}", { id: String(id) });
}

/** @param {string} words for who cannot see the tile's border */
function tell(words) {
  if (document.hidden || performance.now() - toldAt < TELL_MS) return;
  toldAt = performance.now();
  say(byId("told"), words);
}

async function connected() {
  if (sayConnected()) {
    for (const tile of tiles.byId.values()) tile.wake(Date.now() + clockOffset);
    await loadWall();
  }
  refreshLists();
}

/** A page that is not seen asks for no pictures, and soon not even for numbers; with sound on it listens. */
function followVisibility() {
  clearTimeout(resting);
  if (document.hidden) {
    live.watch([]);
    resting = setTimeout(() => { if (document.hidden && !sound.isOn()) live.rest(); }, REST_MS);
    return;
  }
  for (const tile of tiles.byId.values()) tile.wake(Date.now() + clockOffset);
  watchInView();
  live.wake();
  refreshLists();
}

/** @param {boolean} isShown */
function showPanel(isShown) {
  document.body.classList.toggle("has-panel", isShown);
  byId("panel-toggle").setAttribute("aria-pressed", String(isShown));
}

function togglePanel() {
  const isShown = !document.body.classList.contains("has-panel");
  showPanel(isShown);
  remember("panel", isShown ? "shown" : "hidden");
}

if (isKiosk) startMenus();
showPanel(!isKiosk && recall("panel") !== "hidden");
byId("panel-toggle").addEventListener("click", togglePanel);
byId("pages-before").addEventListener("click", () => turnPage(-1));
byId("pages-next").addEventListener("click", () => turnPage(1));
document.addEventListener("visibilitychange", followVisibility);
offerWallKeys({ tiles, single, layouts, arranging, screen, sound, togglePanel, turnPage });
setInterval(() => {
  if (document.hidden) return;
  for (const tile of tiles.byId.values()) tile.showState(Date.now() + clockOffset);
}, STEP_MS);
setInterval(() => { if (!document.hidden) void loadWall(); }, WALL_MS);
setInterval(() => { if (!document.hidden) void trend?.refresh().catch(() => null); }, TREND_MS);
takeWall(JSON.parse(byId("wall-data").textContent ?? "{}"));
if (single.id === null) void trend?.refresh().catch(() => null);
