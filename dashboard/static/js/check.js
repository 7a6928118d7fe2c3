// The check of a camera's address: progress, then its picture and facts, or what is wrong.

import { ask, post, Problem } from "./api.js";
import { byId, icon, make, sayWithIcon } from "./page.js";
import { sayCodec, sayTenths } from "./wording.js";
import { hear, t } from "./words.js";

/**
 * Check a camera and show what came of it.
 * @param {{ url?: string, camera_id?: number, transport: string }} question
 * @returns {Promise<CameraCheck | null>} null where no check could be made; that is shown too
 */
export async function runCheck(question) {
  const started = Date.now();
  showWords("running", "connecting", t("Opening the stream…"));
  const clock = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    showWords("running", "connecting", t("Opening the stream… {n} s", { n: seconds }));
  }, 1000);
  try {
    const check = await post("cameras/check", question);
    clearInterval(clock);
    await showCheck(check);
    return check;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    clearInterval(clock);
    showBad(error.message);
    if (error.faults.length) throw error;
    return null;
  } finally {
    clearInterval(clock);
  }
}

/** Forget the last check: the address changed. */
export function clearCheck() {
  showWords("idle", "camera", t("Check the address to see the camera's picture here before it is saved."));
  byId("check-result").replaceChildren();
}

/** @param {CameraCheck} check */
async function showCheck(check) {
  if (!check.ok) return showBad(hear(check.error));
  await showSnapshot(check);
  const note = make("p", "", "note is-good");
  note.append(icon("check"), make("span", t("The camera works.")));
  byId("check-result").replaceChildren(note, factsOf(check));
}

/** @param {string} words */
function showBad(words) {
  showWords("bad", "warning", t("No picture"));
  const note = make("p", "", "note is-bad");
  note.append(icon("warning"), make("span", words));
  byId("check-result").replaceChildren(note);
}

/** @param {CameraCheck} check */
async function showSnapshot(check) {
  const bytes = Uint8Array.from(atob(check.snapshot_jpeg), (letter) => letter.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" })).catch(() => null);
  if (!picture) return showWords("good", "check", t("The stream opens; its picture could not be shown."));
  const canvas = /** @type {HTMLCanvasElement} */ (byId("check-canvas"));
  [canvas.width, canvas.height] = [picture.width, picture.height];
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
  picture.close();
  byId("check-picture").dataset.state = "good";
  canvas.hidden = false;
  byId("check-words").hidden = true;
}

/** @param {CameraCheck} check */
function factsOf(check) {
  const rate = check.frames_per_second;
  const facts = [[t("Resolution"), `${check.width} × ${check.height}`]];
  if (rate) facts.push([t("Pictures a second"), sayTenths(rate)]);
  if (check.codec) facts.push([t("Codec"), sayCodec(check.codec)]);
  const list = make("dl", "", "check-facts");
  for (const [name, value] of facts) {
    const fact = make("div");
    fact.append(make("dt", name), make("dd", value));
    list.append(fact);
  }
  return list;
}

/** @param {string} state @param {string} sign @param {string} words */
function showWords(state, sign, words) {
  byId("check-picture").dataset.state = state;
  byId("check-canvas").hidden = true;
  byId("check-words").hidden = false;
  byId("check-words").replaceChildren(icon(sign), make("p", words));
  if (state === "running") sayWithIcon(byId("check-result"), "info", t("A camera answers within a few seconds; one that is not there takes longer to give up."));
}

/** @param {number} id @returns {Promise<Camera>} */
export function fetchCamera(id) {
  return ask(`cameras/${id}`);
}
