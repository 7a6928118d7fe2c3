// Delete a camera: only who writes its name means it.

import { remove } from "./api.js";
import { attempt } from "./attempts.js";
import { question } from "./messages.js";
import { byId, say } from "./page.js";
import { t } from "./words.js";

/** @param {number} id @param {() => Camera | null} cameraNow */
export function offerDelete(id, cameraNow) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("delete-dialog"));
  const written = /** @type {HTMLInputElement} */ (byId("delete-name"));
  const button = /** @type {HTMLButtonElement} */ (byId("delete-now"));
  const isMeant = () => written.value.trim() === (cameraNow()?.name ?? "");
  written.addEventListener("input", () => { button.disabled = !isMeant(); });
  byId("delete-form").addEventListener("submit", (event) => { if (!isMeant()) event.preventDefault(); });
  byId("delete-keep").addEventListener("click", () => dialog.close(""));
  byId("delete").addEventListener("click", () => attempt(async () => {
    const camera = cameraNow();
    if (!camera) return;
    say(byId("delete-title"), t("Delete {name}?", { name: camera.name }));
    say(byId("delete-wanted"), camera.name);
    written.value = "";
    button.disabled = true;
    if (await question("delete-dialog") !== "delete") return;
    await remove(`cameras/${id}`);
    location.assign("/cameras");
  }));
}
