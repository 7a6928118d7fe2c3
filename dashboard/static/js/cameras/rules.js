// The rules of one camera in a form: where faces count, when masks are required, how large a face is.

import { byId, say } from "../page.js";
import { openPolygons } from "./polygons.js";
import { openSchedule } from "./schedule.js";
import { t } from "../words.js";

/**
 * Bind the fields of camera_rules_fields.html; once a page.
 * @param {{ changed?: () => void }} [options] changed is called after each change by a person
 */
export function openRules({ changed = () => {} } = {}) {
  const areas = openPolygons(byId("rules-areas"), changed);
  const schedule = openSchedule(byId("rules-schedule"), changed);
  const least = /** @type {HTMLInputElement} */ (byId("face_px_min"));
  const score = /** @type {HTMLInputElement} */ (byId("score_min"));
  for (const input of [least, score]) input.addEventListener("input", changed);
  return {
    /** @returns {CameraRules} as the API takes them */
    read: () => ({
      ...areas.read(),
      schedule: schedule.read(),
      face_px_min: Number(least.value) || 0,
      score_min: score.value === "" ? null : Number(score.value),
    }),
    /** @param {CameraRules} rules */
    write: (rules) => {
      areas.write(rules);
      schedule.write(rules.schedule);
      least.value = String(rules.face_px_min);
      score.value = rules.score_min === null ? "" : String(rules.score_min);
    },
    /** Lay a picture under the areas: itself, or its address. @param {ImageBitmap | HTMLImageElement | string | null} source */
    show: (source) => areas.show(source),
    /** Whether an area is begun and not finished. */
    isDrawing: () => areas.isDrawing(),
    /** Say what is amiss and lead there. @returns {boolean} whether the rules can be saved */
    check: () => {
      say(byId("rules-error"), areas.isDrawing() ? t("An area is not finished: finish it, or give it up.") : "");
      return !areas.isDrawing() && schedule.check();
    },
  };
}
