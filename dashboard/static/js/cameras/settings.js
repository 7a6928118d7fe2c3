// The settings of a camera: name, place, address and rate; a new address is checked first.

import { listCameras, patch, Problem } from "../api.js";
import { clearCheck, runCheck } from "./check.js";
import { clearErrors, clearFieldError, focusField, showFieldError, showProblem } from "../fields.js";
import { question, toast } from "../messages.js";
import { byId, say } from "../page.js";
import { suggestPlaces } from "./places.js";
import { hear, t } from "../words.js";

const FIELDS = /** @type {const} */ (["name", "site", "zone", "frames_per_second", "long_side"]);

/**
 * @param {number} id @param {(camera: Camera) => void} onSaved
 * @returns {{ write: (camera: Camera) => void, isChanged: () => boolean }}
 */
export function startSettings(id, onSaved) {
  const form = /** @type {HTMLFormElement} */ (byId("settings-form"));
  const save = /** @type {HTMLButtonElement} */ (byId("save"));
  const check = /** @type {HTMLButtonElement} */ (byId("check"));
  /** @type {Camera | null} */
  let stored = null;
  /** The address and transport that a check found to work; what else was found wrong. */
  let working = "";
  let refusal = "";

  const value = (/** @type {string} */ name) => String(new FormData(form).get(name) ?? "").trim();
  const source = () => `${value("transport")} ${value("url")}`;
  const isSameSource = () => value("url") === "" && value("transport") === stored?.transport;

  function isChanged() {
    const known = stored;
    return known !== null && (!isSameSource() || FIELDS.some((name) => value(name) !== String(known[name])));
  }

  function showChanged() {
    save.disabled = !isChanged();
    byId("revert").hidden = !isChanged();
  }

  /** @param {Camera} camera */
  function write(camera) {
    stored = camera;
    for (const name of FIELDS) /** @type {HTMLInputElement} */ (byId(name)).value = String(camera[name]);
    for (const input of form.querySelectorAll("input")) {
      if (input.name === "transport") input.checked = input.value === camera.transport;
    }
    /** @type {HTMLInputElement} */ (byId("url")).value = "";
    say(byId("url-stored").getElementsByTagName("code")[0], camera.url);
    check.disabled = false;
    clearErrors(form);
    showTransport();
    showChanged();
  }

  /** Only RTSP knows transports. */
  function showTransport() {
    byId("transport-field").hidden = !/^rtsps?:/i.test(value("url") || (stored?.url ?? ""));
  }

  async function checkNow() {
    clearFieldError(form, "url");
    const checked = source();
    const address = value("url") === "" ? { camera_id: id } : { url: value("url") };
    check.disabled = true;
    try {
      const result = await runCheck({ ...address, transport: value("transport"), long_side: Number(value("long_side")) || undefined });
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
    if (working === source() || isSameSource()) return true;
    say(byId("unchecked-words"), refusal
      ? t("The check failed: {reason} The camera will be tried again and again, and appears once it answers.", { reason: refusal })
      : t("The address has not been checked, so nobody knows yet whether a picture comes."));
    const answer = await question("unchecked-dialog");
    if (answer === "check") await checkNow();
    return answer === "save";
  }

  /** @param {Camera} known @returns {object} what was changed, as the API takes it: all else stays as others left it */
  function changes(known) {
    const numbers = { frames_per_second: Number(value("frames_per_second")), long_side: Number(value("long_side")) };
    const fields = { name: value("name"), site: value("site"), zone: value("zone"), transport: value("transport"), url: value("url"), ...numbers };
    return Object.fromEntries(Object.entries(fields).filter(([name, now]) => now !== (name === "url" ? "" : known[/** @type {keyof Camera} */ (name)])));
  }

  async function saveNow() {
    clearErrors(form);
    if (value("name") === "") {
      showFieldError(form, "name", t("Give it a name that people here will recognise."));
      return focusField(form, "name");
    }
    if (!stored || !await mayBeSaved()) return;
    save.disabled = true;
    try {
      const saved = await patch(`cameras/${id}`, changes(stored));
      write(saved);
      onSaved(saved);
      toast(t("The settings are saved; they hold within seconds"));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      showProblem(form, error);
    } finally {
      showChanged();
    }
  }

  check.addEventListener("click", () => void checkNow());
  byId("revert").addEventListener("click", () => { if (stored) write(stored); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isChanged()) void saveNow();
  });
  form.addEventListener("input", (event) => {
    const { name } = /** @type {HTMLInputElement} */ (event.target);
    clearFieldError(form, name);
    showChanged();
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
  listCameras().then(suggestPlaces).catch(() => null);
  return { write, isChanged };
}
