// A secret that is shown once, with a button that copies it (secret_box.html).

import { say, stamp } from "../page.js";
import { t } from "../words.js";

/**
 * Show it; words say what to do with it.
 * @param {HTMLElement} place @param {{ label: string, text: string, words: string }} secret
 */
export function showSecret(place, { label, text, words }) {
  const { root, part } = stamp("secret-box");
  const field = /** @type {HTMLInputElement} */ (part("text"));
  field.id = "secret-text";
  field.value = text;
  part("label").setAttribute("for", field.id);
  say(part("label"), label);
  say(part("words"), words);
  field.addEventListener("focus", () => field.select());
  part("copy").addEventListener("click", async () => {
    const isCopied = await copy(field);
    say(part("copy-word"), isCopied ? t("Copied") : t("Press Ctrl+C"));
  });
  place.replaceChildren(root);
  part("copy").focus();
}

/**
 * Copy a field's text. Browsers offer the clipboard to pages by https and of this machine alone.
 * @param {HTMLInputElement} field @returns {Promise<boolean>} false where only the person can
 */
async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.select();
    return document.execCommand("copy");
  }
}
