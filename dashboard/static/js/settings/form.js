// A form that shows a part of the preferences, and keeps what is changed of it.

import { patch, Problem } from "../api.js";
import { clearErrors, focusField, showFieldError, showProblem } from "../fields.js";
import { partsOf, say } from "../page.js";
import { sayCount } from "../wording.js";
import { t } from "../words.js";

/**
 * write: what the API is sent. mayBeSaved: asks where something is lost by it. saved: the new
 * preferences. changed: after each input, whether valid or not.
 * @typedef {object} Manner
 * @property {() => object} write
 * @property {() => Promise<boolean>} [mayBeSaved]
 * @property {(preferences: Preferences) => void} saved
 * @property {() => void} [changed]
 */

/** @param {HTMLFormElement} form @param {Manner} manner */
export function openForm(form, manner) {
  const part = partsOf(form);
  const save = /** @type {HTMLButtonElement} */ (part("save"));
  const note = () => {
    const isChanged = hasChanges(form);
    save.disabled = !isChanged;
    part("undo").hidden = !isChanged;
    manner.changed?.();
  };
  const keep = async () => {
    clearErrors(form);
    if (!isValid(form) || !await (manner.mayBeSaved?.() ?? true)) return;
    save.disabled = true;
    try {
      const preferences = await patch("preferences", manner.write());
      settle(form);
      manner.saved(preferences);
      say(part("saved"), t("Saved"));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      showProblem(form, error);
    } finally {
      note();
    }
  };
  form.addEventListener("input", () => {
    say(part("saved"), "");
    clearErrors(form);
    note();
  });
  // The fields have their old values only after the event.
  form.addEventListener("reset", () => setTimeout(() => { clearErrors(form); note(); }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void keep();
  });
}

/** Take what stands there for what is kept. @param {HTMLFormElement} form */
function settle(form) {
  for (const input of form.querySelectorAll("input")) {
    input.defaultValue = input.value;
    input.defaultChecked = input.checked;
  }
}

/**
 * Show what is kept, unless something else is being written there; undoing goes back to it.
 * @param {HTMLFormElement} form @param {Record<string, string | number>} values by the fields' names
 */
export function fillForm(form, values) {
  if (hasChanges(form)) return;
  for (const input of form.querySelectorAll("input")) {
    const value = String(values[input.name] ?? "");
    if (input.type === "radio") input.checked = input.defaultChecked = input.value === value;
    else input.value = input.defaultValue = value;
  }
}

/** Read the numbers of a form by their fields' names. @param {HTMLFormElement} form @returns {Record<string, number>} */
export function readNumbers(form) {
  const fields = form.querySelectorAll("input[type=number]");
  return Object.fromEntries([...fields].map((field) => {
    const { name, valueAsNumber } = /** @type {HTMLInputElement} */ (field);
    return [name, valueAsNumber];
  }));
}

/** @param {HTMLFormElement} form @param {string} name of radio buttons @returns {string} */
export function readChoice(form, name) {
  return String(new FormData(form).get(name) ?? "");
}

/** @param {HTMLFormElement} form */
export function areNumbersValid(form) {
  return [...form.querySelectorAll("input")].every((input) => input.validity.valid);
}

/** @param {HTMLFormElement} form */
export function hasChanges(form) {
  return [...form.querySelectorAll("input")].some((input) =>
    input.type === "radio" ? input.checked !== input.defaultChecked : input.value !== input.defaultValue);
}

/** Say what is wrong with a form's numbers, if anything is. @param {HTMLFormElement} form */
function isValid(form) {
  const wrong = [...form.querySelectorAll("input")].filter((input) => !input.validity.valid);
  for (const { name, min, max, validity } of wrong) {
    const range = { min: sayCount(Number(min)), max: sayCount(Number(max)) };
    showFieldError(form, name, validity.stepMismatch
      ? t("Give a whole number from {min} to {max}.", range)
      : t("Give a number from {min} to {max}.", range));
  }
  if (wrong.length) focusField(form, wrong[0].name);
  return wrong.length === 0;
}
