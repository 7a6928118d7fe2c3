// Add a model version: a zip, or the files of its folder.

import { Problem } from "../api.js";
import { clearErrors, focusField, showFieldError, showProblem } from "../fields.js";
import { toast } from "../messages.js";
import { byId, say } from "../page.js";
import { send } from "../uploads.js";
import { t } from "../words.js";

/** @param {() => Promise<void>} refresh */
export function startUpload(refresh) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("upload-dialog"));
  const form = /** @type {HTMLFormElement} */ (byId("upload-form"));
  byId("upload-open").addEventListener("click", () => {
    form.reset();
    clearErrors(form);
    dialog.showModal();
  });
  byId("upload-close").addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearErrors(form);
    if (!await add(form)) return;
    dialog.close();
    await refresh();
  });
}

/** @param {HTMLFormElement} form @returns {Promise<boolean>} whether it was added */
async function add(form) {
  const content = new FormData(form);
  const file = content.get("files");
  if (!(file instanceof File) || !file.size) {
    showFieldError(form, "files", t("Choose a zip, or the files of a model folder."));
    focusField(form, "files");
    return false;
  }
  const button = /** @type {HTMLButtonElement} */ (byId("upload-send"));
  button.disabled = true;
  byId("upload-words").hidden = false;
  try {
    const sending = send("models", content, (share) => say(byId("upload-words"), t("{n} % sent", { n: Math.floor(share * 100) })));
    const model = /** @type {ModelVersion} */ (await sending.done);
    toast(t("{name} is added; it is not active yet", { name: model.version }));
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    showProblem(form, error);
    return false;
  } finally {
    button.disabled = false;
    byId("upload-words").hidden = true;
  }
}
