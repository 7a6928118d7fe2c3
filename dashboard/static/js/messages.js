// Short messages at the edge of the page, and questions that need an answer.

import { byId, make } from "./page.js";
import { t } from "./words.js";

const TOAST_MS = 8000;

/**
 * Say something in passing; `undo` adds a button.
 * @param {string} words
 * @param {() => void} [undo]
 */
export function toast(words, undo) {
  const box = make("div", "", "toast");
  box.append(make("span", words));
  if (undo) box.append(undoButton(() => { box.remove(); undo(); }));
  byId("toasts").replaceChildren(box);
  setTimeout(() => box.remove(), TOAST_MS);
}

/** @param {() => void} undo */
function undoButton(undo) {
  const button = make("button", t("Undo"), "button");
  button.setAttribute("type", "button");
  button.addEventListener("click", undo, { once: true });
  return button;
}

/**
 * Open a <dialog> and wait for the value of the button pressed; "" is Escape.
 * @param {string} id
 * @returns {Promise<string>}
 */
export function question(id) {
  const dialog = byId(id);
  if (!(dialog instanceof HTMLDialogElement)) throw new Error(`#${id} is no dialog`);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}
