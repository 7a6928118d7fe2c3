// The rules of a camera: areas, schedule, least face; saved as a whole.

import { ask, patch, Problem } from "../api.js";
import { openRules } from "./rules.js";
import { toast } from "../messages.js";
import { byId, icon, make } from "../page.js";
import { t } from "../words.js";

/**
 * @param {number} id @param {(camera: Camera) => void} onSaved
 * @returns {{ write: (camera: Camera) => void, isChanged: () => boolean, open: () => void }}
 */
export function startRules(id, onSaved) {
  const form = /** @type {HTMLFormElement} */ (byId("rules-form"));
  const save = /** @type {HTMLButtonElement} */ (byId("rules-save"));
  const rules = openRules({ changed: showChanged });
  /** @type {Camera | null} */
  let stored = null;
  let untouched = "";
  let isShown = false;

  const isChanged = () => stored !== null && (rules.isDrawing() || JSON.stringify(rules.read()) !== untouched);

  function showChanged() {
    save.disabled = !isChanged();
    byId("rules-revert").hidden = !isChanged();
  }

  /** @param {Camera} camera */
  function write(camera) {
    stored = camera;
    rules.write(camera.rules);
    untouched = JSON.stringify(rules.read());
    byId("rules-problem").hidden = true;
    showChanged();
  }

  /** Rules are saved as a whole: what somebody else drew meanwhile is not lost unseen. Saving again means it. */
  async function refuseIfOvertaken() {
    /** @type {Camera} */
    const now = await ask(`cameras/${id}`);
    const isOther = JSON.stringify(now.rules) !== JSON.stringify(stored?.rules);
    stored = now;
    if (isOther) throw new Problem(409, t("Somebody else has changed these rules meanwhile. Save again to write yours over theirs, or discard your changes to see theirs."));
  }

  async function saveNow() {
    save.disabled = true;
    try {
      await refuseIfOvertaken();
      const saved = await patch(`cameras/${id}`, { rules: rules.read() });
      write(saved);
      onSaved(saved);
      toast(t("The rules are saved; they hold for the frames that follow"));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      byId("rules-problem").replaceChildren(icon("warning"), make("span", error.message));
      byId("rules-problem").hidden = false;
    } finally {
      showChanged();
    }
  }

  byId("rules-revert").addEventListener("click", () => { if (stored) write(stored); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isChanged() && rules.check()) void saveNow();
  });
  return {
    write,
    isChanged,
    /** Lay the camera's picture under the areas when they are first seen. */
    open() {
      if (!isShown && stored) rules.show(stored.is_paused ? null : `/api/v1/cameras/${id}/snapshot.jpg`);
      isShown ||= stored !== null;
    },
  };
}
