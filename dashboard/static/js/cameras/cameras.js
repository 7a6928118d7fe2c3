// The list of cameras: how each does, the worst first; search, filter, pause and resume.

import { ask, listCameras, Problem } from "../api.js";
import { attempt } from "../attempts.js";
import { chooseKnown, countConditions, isIll, knowAll, orderKnown } from "./conditions.js";
import { CameraFilters } from "./filters.js";
import { setPaused } from "./pause.js";
import { CameraRow } from "./row.js";
import { offerKeys } from "../keys.js";
import { byId, say } from "../page.js";
import { n, t } from "../words.js";

/** @typedef {import("./conditions.js").Known} Known */

const REFRESH_MS = 3000;
const isOperated = document.body.dataset.role !== "viewer";

/** @type {Map<number, CameraRow>} */
const rows = new Map();
/** @type {Known[]} */
let known = [];
const filters = new CameraFilters(show);

async function refresh() {
  const [cameras, conditions] = await Promise.all([listCameras(), isOperated ? ask("cameras/health") : { items: [] }]);
  known = knowAll(cameras, conditions.items);
  for (const id of rows.keys()) if (!cameras.some((camera) => camera.id === id)) rows.delete(id);
  show();
}

/** Show what is chosen, in its order; rows are moved only where the order changed. */
function show() {
  const chosen = orderKnown(chooseKnown(known, filters.view), filters.view.order);
  const shown = chosen.map((one) => {
    const row = rows.get(one.camera.id) ?? addRow(one.camera.id);
    row.show(one);
    return row.root;
  });
  const list = byId("camera-list");
  if (shown.length !== list.childElementCount || shown.some((root, index) => root !== list.children[index])) keepFocus(() => list.replaceChildren(...shown));
  filters.show(known.map(({ camera }) => camera), countConditions(known));
  byId("camera-filters").hidden = known.length === 0;
  byId("camera-table").hidden = chosen.length === 0;
  byId("no-match").hidden = known.length === 0 || chosen.length > 0;
  byId("no-cameras").hidden = known.length > 0;
  say(byId("cameras-summary"), sayHowAll());
}

/** @param {() => void} change that moves what may have the focus */
function keepFocus(change) {
  const focused = document.activeElement;
  change();
  if (focused instanceof HTMLElement && focused.isConnected && focused !== document.activeElement) focused.focus();
}

/** @param {number} id */
function addRow(id) {
  const row = new CameraRow(id, pause);
  rows.set(id, row);
  return row;
}

/** @param {CameraRow} row */
function pause(row) {
  const camera = row.known?.camera;
  if (camera) void attempt(() => setPaused(camera, !camera.is_paused, refresh));
}

function sayHowAll() {
  if (known.length === 0) return t("None yet");
  const ill = known.filter(({ condition }) => isIll(condition)).length;
  const all = n("{n} camera", "{n} cameras", known.length);
  return ill ? n("{all}; {n} needs attention", "{all}; {n} need attention", ill, { all }) : t("{all}; nothing is wrong", { all });
}

byId("show-all").addEventListener("click", () => filters.clear());
offerKeys(t("The list of cameras"), [{ keys: ["/"], words: t("Search"), act: () => byId("camera-search").focus() }]);
refresh().catch((error) => {
  if (!(error instanceof Problem)) throw error;
  say(byId("cameras-summary"), error.message);
});
setInterval(() => { if (!document.hidden) void refresh().catch(() => null); }, REFRESH_MS);
