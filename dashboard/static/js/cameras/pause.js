// Pause and resume a camera; the message about it can undo it.

import { patch } from "../api.js";
import { attempt } from "../attempts.js";
import { toast } from "../messages.js";
import { sayWithIcon } from "../page.js";
import { t } from "../words.js";

/** @param {HTMLElement} button @param {{ name: string, is_paused: boolean }} camera */
export function showPause(button, { name, is_paused: isPaused }) {
  sayWithIcon(button, isPaused ? "resume" : "paused", isPaused ? t("Resume") : t("Pause"));
  button.setAttribute("aria-label", isPaused ? t("Resume {name}", { name }) : t("Pause {name}", { name }));
}

/**
 * @param {{ id: number, name: string }} camera @param {boolean} isPaused
 * @param {() => Promise<void>} after what to do when it is so
 */
export async function setPaused(camera, isPaused, after) {
  await patch(`cameras/${camera.id}`, { is_paused: isPaused });
  const { name } = camera;
  const words = isPaused ? t("{name} is paused", { name }) : t("{name} is watched again", { name });
  toast(words, () => attempt(() => setPaused(camera, !isPaused, after)));
  await after();
}
