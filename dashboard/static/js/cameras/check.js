// The check of a camera's address: progress, then its picture, facts and advice, or what is wrong.

import { post, Problem } from "../api.js";
import { byId, icon, make } from "../page.js";
import { sayCodec, sayTenths } from "../wording.js";
import { hear, t } from "../words.js";

/** @type {Record<Advice["topic"], string>} */
const TOPICS = { faces: t("Faces"), distance: t("Distance"), light: t("Lighting"), sharpness: t("Sharpness"), rate: t("Pictures a second") };
const SIGNS = { good: "check", fair: "info", poor: "warning" };

/**
 * Check a camera and show what came of it.
 * @param {{ url?: string, camera_id?: number, transport: string, long_side?: number }} question
 * @returns {Promise<CameraCheck | null>} null where no check could be made; that is shown too
 */
export async function runCheck(question) {
  const started = Date.now();
  showWords("running", "connecting", t("Opening the stream…"));
  byId("check-result").replaceChildren(make("p", t("A camera answers within a few seconds; one that is not there takes longer to give up."), "soft"));
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

/** Decode the picture of a check. @param {CameraCheck} check @returns {Promise<ImageBitmap | null>} */
export async function snapshotOf(check) {
  const bytes = Uint8Array.from(atob(check.snapshot_jpeg), (letter) => letter.charCodeAt(0));
  return createImageBitmap(new Blob([bytes], { type: "image/jpeg" })).catch(() => null);
}

/** @param {CameraCheck} check */
async function showCheck(check) {
  if (!check.ok) return showBad(hear(check.error));
  await showSnapshot(check);
  const isPoor = check.advice.some((one) => one.level === "poor");
  const note = make("p", "", isPoor ? "note is-fair" : "note is-good");
  note.append(icon(isPoor ? "info" : "check"), make("span", isPoor ? t("The camera works; some things here can be better.") : t("The camera works.")));
  byId("check-result").replaceChildren(note, factsOf(check), adviceOf(check));
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
  const picture = await snapshotOf(check);
  if (!picture) return showWords("good", "check", t("The stream opens; its picture could not be shown."));
  const canvas = /** @type {HTMLCanvasElement} */ (byId("check-canvas"));
  [canvas.width, canvas.height] = [picture.width, picture.height];
  const pen = canvas.getContext("2d");
  pen?.drawImage(picture, 0, 0);
  if (pen) for (const { box } of check.faces ?? []) frameFace(pen, box);
  picture.close();
  byId("check-picture").dataset.state = "good";
  canvas.hidden = false;
  byId("check-words").hidden = true;
}

/** @param {CanvasRenderingContext2D} pen @param {SnapshotFace["box"]} box */
function frameFace(pen, [x, y, width, height]) {
  for (const [colour, line] of /** @type {const} */ ([["#05080b", 5], ["#ffffff", 2]])) {
    [pen.strokeStyle, pen.lineWidth] = [colour, line];
    pen.strokeRect(x, y, width, height);
  }
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

/** @param {CameraCheck} check */
function adviceOf(check) {
  const list = make("ul", "", "advice");
  for (const { topic, level, text } of check.advice) {
    const item = make("li");
    item.dataset.level = level;
    item.append(icon(SIGNS[level]), make("strong", TOPICS[topic]), make("p", hear(text)));
    list.append(item);
  }
  return list;
}

/** @param {string} state @param {string} sign @param {string} words */
function showWords(state, sign, words) {
  byId("check-picture").dataset.state = state;
  byId("check-canvas").hidden = true;
  byId("check-words").hidden = false;
  byId("check-words").replaceChildren(icon(sign), make("p", words));
}
