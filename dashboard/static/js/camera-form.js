// Add or edit a camera: check its address first, keep every input, save.

import { listCameras, patch, post, Problem } from "./api.js";
import { clearCheck, fetchCamera, runCheck } from "./check.js";
import { clearErrors, clearFieldError, focusField, showFieldError, showProblem } from "./fields.js";
import { question } from "./messages.js";
import { byId, make, say } from "./page.js";
import { hear, t } from "./words.js";

const form = /** @type {HTMLFormElement} */ (byId("camera-form"));
const save = /** @type {HTMLButtonElement} */ (byId("save"));
const check = /** @type {HTMLButtonElement} */ (byId("check"));
const cameraId = Number(form.dataset.cameraId) || null;

/** The address and transport that a check found to work; what else was found wrong. */
let working = "";
let refusal = "";
/** @type {Camera | null} */
let stored = null;

/** @param {string} name @returns {string} */
function value(name) {
  return String(new FormData(form).get(name) ?? "").trim();
}

/** Name what the check was for: a change of either makes it void. */
function source() {
  return `${value("transport")} ${value("url")}`;
}

/** An address needs no check where it is stored and was left alone. */
function isUntouched() {
  return stored !== null && value("url") === "" && value("transport") === stored.transport;
}

async function checkNow() {
  clearFieldError(form, "url");
  if (value("url") === "" && cameraId === null) {
    showFieldError(form, "url", t("Give the camera's address first."));
    return focusField(form, "url");
  }
  const address = value("url") === "" ? { camera_id: cameraId ?? undefined } : { url: value("url") };
  const checked = source();
  check.disabled = true;
  try {
    const result = await runCheck({ ...address, transport: value("transport") });
    if (source() !== checked) return clearCheck();
    working = result?.ok ? checked : "";
    refusal = result && !result.ok ? hear(result.error) : "";
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    showProblem(form, error);
  } finally {
    check.disabled = false;
  }
}

/** @returns {Promise<boolean>} whether to save now */
async function mayBeSaved() {
  if (working === source() || isUntouched()) return true;
  say(byId("unchecked-words"), refusal
    ? t("The check failed: {reason} The camera will be tried again and again, and appears once it answers.", { reason: refusal })
    : t("The address has not been checked, so nobody knows yet whether a picture comes."));
  const answer = await question("unchecked-dialog");
  if (answer === "check") await checkNow();
  return answer === "save";
}

/** @returns {object} what the API takes; an empty address keeps the stored one */
function body() {
  const fields = {
    name: value("name"),
    transport: value("transport"),
    site: value("site"),
    zone: value("zone"),
    frames_per_second: Number(value("frames_per_second")),
    long_side: Number(value("long_side")),
  };
  return value("url") === "" && cameraId !== null ? fields : { ...fields, url: value("url") };
}

/** @returns {boolean} whether what must be there is there */
function isComplete() {
  clearErrors(form);
  const missing = [];
  if (value("url") === "" && cameraId === null) missing.push(["url", t("Give the camera's address.")]);
  if (value("name") === "") missing.push(["name", t("Give it a name that people here will recognise.")]);
  for (const [name, words] of missing) showFieldError(form, name, words);
  if (missing.length) focusField(form, missing[0][0]);
  return missing.length === 0;
}

async function saveNow() {
  if (!isComplete() || !await mayBeSaved()) return;
  save.disabled = true;
  try {
    if (cameraId === null) await post("cameras", body());
    else await patch(`cameras/${cameraId}`, body());
    location.assign("/cameras");
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    showProblem(form, error);
  } finally {
    save.disabled = false;
  }
}

/** @param {Camera} camera */
function fill(camera) {
  stored = camera;
  for (const name of /** @type {const} */ (["name", "site", "zone", "frames_per_second", "long_side"])) {
    /** @type {HTMLInputElement} */ (byId(name)).value = String(camera[name]);
  }
  for (const input of form.querySelectorAll("input")) {
    if (input.name === "transport") input.checked = input.value === camera.transport;
  }
  say(byId("form-title"), t("Edit {name}", { name: camera.name }));
  const [hint] = byId("url-stored").getElementsByTagName("code");
  say(hint, camera.url);
  byId("url-stored").hidden = false;
  /** @type {HTMLInputElement} */ (byId("url")).placeholder = t("Leave empty to keep the stored address");
  showTransport();
}

/** Only RTSP knows transports. */
function showTransport() {
  const address = value("url") || (stored?.url ?? "rtsp:");
  byId("transport-field").hidden = !/^rtsps?:/i.test(address);
}

/** @param {Camera[]} cameras */
function suggestPlaces(cameras) {
  for (const place of /** @type {const} */ (["site", "zone"])) {
    const known = new Set(cameras.map((camera) => camera[place]).filter(Boolean));
    byId(`${place}s`).append(...[...known].map((name) => {
      const option = make("option");
      option.setAttribute("value", name);
      return option;
    }));
  }
}

check.addEventListener("click", () => void checkNow());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void saveNow();
});
form.addEventListener("input", (event) => {
  const { name } = /** @type {HTMLInputElement} */ (event.target);
  clearFieldError(form, name);
  if (name !== "url" && name !== "transport") return;
  refusal = "";
  clearCheck();
  showTransport();
});
byId("url").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  void checkNow();
});
check.disabled = save.disabled = false;
listCameras().then(suggestPlaces).catch(() => null);
if (cameraId !== null) fetchCamera(cameraId).then(fill).catch((problem) => showProblem(form, problem));
else byId("url").focus();
