// Send a recorded video, and follow the job that writes its history.

import { listCameras, Problem } from "../api.js";
import { clearErrors, focusField, showFieldError, showProblem } from "../fields.js";
import { byId, make, say } from "../page.js";
import { send } from "../uploads.js";
import { t } from "../words.js";

const dialog = /** @type {HTMLDialogElement} */ (byId("video-dialog"));
const form = /** @type {HTMLFormElement} */ (byId("video-form"));
const button = /** @type {HTMLButtonElement} */ (byId("video-send"));
const meter = /** @type {HTMLProgressElement} */ (byId("sending-meter"));
/** Stops what is being sent. */
let stop = () => {};

export function startVideoDialog() {
  byId("video-open").addEventListener("click", open);
  byId("video-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    stop();
    stopSending();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void sendVideo();
  });
}

async function open() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  say(byId("starts-hint"), t("By the clock here ({zone}).", { zone }));
  dialog.showModal();
  const cameras = await listCameras().catch(() => []);
  byId("camera_id").replaceChildren(...[{ id: "", name: t("Choose a camera") }, ...cameras].map(({ id, name }) => {
    const option = make("option", name);
    option.setAttribute("value", String(id));
    return option;
  }));
}

async function sendVideo() {
  clearErrors(form);
  const content = read();
  if (!content) return;
  showSending(0);
  const sending = send("analyze", content, showSending);
  stop = sending.stop;
  try {
    const job = /** @type {Job} */ (await sending.done);
    location.assign(`/jobs/${job.id}`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    showProblem(form, error);
  } finally {
    stopSending();
  }
}

/** Read the form; null where a field is empty, which is said at it. */
function read() {
  const content = new FormData(form);
  const file = content.get("video");
  const empty = [
    file instanceof File && file.size ? "" : "video",
    content.get("camera_id") ? "" : "camera_id",
    content.get("starts_at") ? "" : "starts_at",
  ].filter(Boolean);
  /** @type {Record<string, string>} */
  const words = { video: t("Choose a video file."), camera_id: t("Choose the camera that recorded it."), starts_at: t("Say when its first picture was taken.") };
  for (const name of empty) showFieldError(form, name, words[name]);
  if (empty.length) {
    focusField(form, empty[0]);
    return null;
  }
  content.set("starts_at", new Date(String(content.get("starts_at"))).toISOString());
  return content;
}

/** @param {number} share */
function showSending(share) {
  byId("sending").hidden = false;
  button.disabled = true;
  if (share < 1) meter.value = share;
  else meter.removeAttribute("value");
  say(byId("sending-words"), share < 1 ? t("{n} % sent", { n: Math.floor(share * 100) }) : t("Sent; the video is being opened…"));
}

function stopSending() {
  byId("sending").hidden = true;
  button.disabled = false;
  stop = () => {};
}
