// The page of one camera: its state, and its sections.

import { ask, Problem } from "../api.js";
import { attempt } from "../attempts.js";
import { CONDITION_ICONS, CONDITION_WORDS } from "./conditions.js";
import { nameToDelete, offerDelete } from "./delete.js";
import { startHealth } from "./health.js";
import { setPaused, showPause } from "./pause.js";
import { showNewest } from "./picture.js";
import { startRules } from "./rules-form.js";
import { startSections } from "./sections.js";
import { startSettings } from "./settings.js";
import { sayAge } from "./camera-words.js";
import { toast } from "../messages.js";
import { byId, say, sayWithIcon } from "../page.js";
import { t } from "../words.js";

const REFRESH_MS = 5000;
const pause = /** @type {HTMLButtonElement} */ (byId("pause"));
const id = Number(byId("camera").dataset.cameraId);

/** @type {Camera | null} */
let camera = null;
let section = "";
const settings = startSettings(id, show);
const rules = startRules(id, show);
const health = startHealth(id, showNow);

/** Take a camera as it was read or saved. @param {Camera} read */
function show(read) {
  camera = read;
  say(byId("camera-name"), read.name);
  document.title = `${read.name} · Maskwatch`;
  nameToDelete(read.name);
  showPause(pause, read);
  pause.disabled = false;
  for (const part of [settings, rules]) if (!part.isChanged()) part.write(read);
  if (section === "rules") rules.open();
}

/** @param {CameraCondition} now */
function showNow(now) {
  byId("condition").dataset.condition = now.condition;
  sayWithIcon(byId("condition"), CONDITION_ICONS[now.condition], CONDITION_WORDS[now.condition]);
  say(byId("age"), now.condition === "paused" ? t("not being watched") : sayAge(now.last_frame_at));
}

/** Read the camera anew, without touching what is being written. */
async function readAgain() {
  /** @type {Camera} */
  const read = await ask(`cameras/${id}`);
  camera = read;
  showPause(pause, read);
  await health.refresh();
}

pause.addEventListener("click", () => {
  const known = camera;
  if (known) void attempt(() => setPaused(known, !known.is_paused, readAgain));
});
addEventListener("beforeunload", (event) => {
  if (settings.isChanged() || rules.isChanged()) event.preventDefault();
});
offerDelete(id);
startSections((name) => {
  section = name;
  health.open(name === "health");
  if (name === "rules") rules.open();
});
ask(`cameras/${id}`).then((read) => {
  show(read);
  if (!read.is_paused) void showNewest(id);
}).catch((/** @type {unknown} */ error) => {
  if (!(error instanceof Problem)) throw error;
  toast(error.message);
});
void health.refresh().catch(() => null);
setInterval(() => { if (!document.hidden) void health.refresh().catch(() => null); }, REFRESH_MS);
