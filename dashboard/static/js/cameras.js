// The list of cameras: how each does, pause and resume, delete.

import { listCameras, patch, Problem, remove } from "./api.js";
import { question, toast } from "./messages.js";
import { byId, partsOf, say, sayWithIcon, stamp } from "./page.js";
import { saySpan, sayStream } from "./wording.js";
import { hear, t } from "./words.js";

const REFRESH_MS = 3000;

/** @type {Readonly<Record<CameraState, string>>} */
const STATE_WORDS = { live: t("Live"), connecting: t("Connecting"), reconnecting: t("Reconnecting"), paused: t("Paused") };

/** @type {Map<number, { root: HTMLElement, part: ReturnType<typeof partsOf>, camera: Camera }>} */
const rows = new Map();

async function refresh() {
  const cameras = await listCameras();
  for (const [id, row] of rows) if (!cameras.some((camera) => camera.id === id)) forget(id, row.root);
  for (const camera of cameras) show(camera);
  byId("no-cameras").hidden = cameras.length > 0;
  say(byId("cameras-summary"), sayHowMany(cameras));
}

/** @param {number} id @param {HTMLElement} root */
function forget(id, root) {
  rows.delete(id);
  root.remove();
}

/** @param {Camera[]} cameras */
function sayHowMany(cameras) {
  if (cameras.length === 0) return t("None yet");
  const live = cameras.filter((camera) => stateOf(camera) === "live").length;
  const paused = cameras.filter((camera) => camera.is_paused).length;
  const lost = cameras.length - live - paused;
  const parts = [t("{n} live", { n: live })];
  if (paused) parts.push(t("{n} paused", { n: paused }));
  if (lost) parts.push(t("{n} not delivering", { n: lost }));
  return parts.join(" · ");
}

/** @param {Camera} camera @returns {CameraState} */
function stateOf(camera) {
  return camera.is_paused ? "paused" : (camera.health?.state ?? "connecting");
}

/** @param {Camera} camera */
function show(camera) {
  const row = rows.get(camera.id) ?? addRow(camera);
  row.camera = camera;
  const state = stateOf(camera);
  row.root.classList.toggle("is-paused", camera.is_paused);
  say(row.part("name"), camera.name);
  say(row.part("place"), [camera.site, camera.zone].filter(Boolean).join(" · "));
  say(row.part("address"), camera.url);
  row.part("address").title = camera.url;
  row.part("state").dataset.state = state;
  sayWithIcon(row.part("state"), state, STATE_WORDS[state]);
  showThumb(/** @type {HTMLImageElement} */ (row.part("thumb")), camera, state);
  showHealth(row.part, camera, state);
}

/**
 * Show one picture of a camera that delivers; a fresh one comes with the next visit.
 * @param {HTMLImageElement} image @param {Camera} camera @param {CameraState} state
 */
function showThumb(image, camera, state) {
  if (state !== "live" || image.src) return;
  image.addEventListener("load", () => { image.hidden = false; });
  image.addEventListener("error", () => image.removeAttribute("src"), { once: true });
  image.src = `/api/v1/cameras/${camera.id}/snapshot.jpg`;
}

/** @param {ReturnType<typeof partsOf>} part @param {Camera} camera @param {CameraState} state */
function showHealth(part, camera, state) {
  const health = state === "paused" ? null : camera.health;
  const stream = health ? sayStream(health) : "";
  const rate = t("{n} analysed/s", { n: camera.frames_per_second });
  say(part("picture"), state === "paused" ? t("Not being watched") : [stream, rate].filter(Boolean).join(" · "));
  const age = health ? saySpan((Date.now() - Date.parse(health.since)) / 1000) : "";
  const isLost = state === "reconnecting" && health !== null;
  part("reason").hidden = !isLost;
  say(part("reason"), isLost ? `${hear(health.reason) || t("The camera does not answer.")} ${t("Lost {span} ago, trying again.", { span: age })}` : "");
}

/** @param {Camera} camera */
function addRow(camera) {
  const { root, part } = stamp("camera-row");
  const row = { root, part, camera };
  rows.set(camera.id, row);
  byId("camera-list").append(root);
  if (root.querySelector(".camera-buttons")) addButtons(row);
  return row;
}

/** @param {{ part: ReturnType<typeof partsOf>, camera: Camera }} row */
function addButtons(row) {
  const { part, camera } = row;
  part("edit").setAttribute("aria-label", t("Edit {name}", { name: camera.name }));
  say(part("delete-name"), t("Delete {name}", { name: camera.name }));
  part("delete").title = t("Delete");
  /** @type {HTMLAnchorElement} */ (part("edit")).href = `/cameras/${camera.id}`;
  showPause(part, camera.is_paused);
  part("pause").addEventListener("click", () => attempt(() => setPaused(row, !row.camera.is_paused)));
  part("delete").addEventListener("click", () => attempt(() => askAndDelete(row.camera)));
}

/** @param {ReturnType<typeof partsOf>} part @param {boolean} isPaused */
function showPause(part, isPaused) {
  sayWithIcon(part("pause"), isPaused ? "resume" : "paused", isPaused ? t("Resume") : t("Pause"));
}

/** @param {{ part: ReturnType<typeof partsOf>, camera: Camera }} row @param {boolean} isPaused */
async function setPaused(row, isPaused) {
  await patch(`cameras/${row.camera.id}`, { is_paused: isPaused });
  showPause(row.part, isPaused);
  const { name } = row.camera;
  toast(isPaused ? t("{name} is paused", { name }) : t("{name} is watched again", { name }), () => attempt(() => setPaused(row, !isPaused)));
  await refresh();
}

/** @param {Camera} camera */
async function askAndDelete(camera) {
  say(byId("delete-title"), t("Delete {name}?", { name: camera.name }));
  if (await question("delete-dialog") !== "delete") return;
  await remove(`cameras/${camera.id}`);
  toast(t("{name} is deleted", { name: camera.name }));
  await refresh();
}

/**
 * Do it, and say what went wrong if it did.
 * @param {() => Promise<void>} step
 */
async function attempt(step) {
  try {
    await step();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    toast(error.message);
  }
}

attempt(refresh);
setInterval(() => { if (!document.hidden) void refresh().catch(() => null); }, REFRESH_MS);
