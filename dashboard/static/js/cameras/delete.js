// Delete a camera: only who writes its name means it.

import { remove } from "../api.js";
import { attempt } from "../attempts.js";
import { question } from "../messages.js";
import { byId, say } from "../page.js";
import { t } from "../words.js";

/** @param {number} id */
export function offerDelete(id) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("delete-dialog"));
  const written = /** @type {HTMLInputElement} */ (byId("delete-name"));
  const button = /** @type {HTMLButtonElement} */ (byId("delete-now"));
  const isMeant = () => written.value.trim() === byId("delete-wanted").textContent;
  written.addEventListener("input", () => { button.disabled = !isMeant(); });
  byId("delete-form").addEventListener("submit", (event) => { if (!isMeant()) event.preventDefault(); });
  byId("delete-keep").addEventListener("click", () => dialog.close(""));
  byId("delete").addEventListener("click", () => attempt(async () => {
    written.value = "";
    button.disabled = true;
    if (await question("delete-dialog") !== "delete") return;
    await remove(`cameras/${id}`);
    location.assign("/cameras");
  }));
}

/** Follow a camera that was renamed. @param {string} name */
export function nameToDelete(name) {
  say(byId("delete-title"), t("Delete {name}?", { name }));
  say(byId("delete-wanted"), name);
}
