// Fields of a form and what is wrong with them.

import { Problem } from "./api.js";
import { byId, icon, make } from "./page.js";
import { t } from "./words.js";

/**
 * Say a problem at the fields concerned, and whatever names none above the button.
 * @param {HTMLFormElement} form @param {Problem} problem
 */
export function showProblem(form, problem) {
  const faults = problem.faults.filter((fault) => errorBox(form, fault.parameter));
  for (const { parameter, expected, found } of faults) {
    const words = expected === problem.message ? expected : found ? t("Expected {expected}, found {found}.", { expected, found }) : t("Expected {expected}.", { expected });
    showFieldError(form, parameter, words);
  }
  if (faults.length) return focusField(form, faults[0].parameter);
  const box = noteOf(form);
  box.replaceChildren(icon("warning"), make("span", problem.message));
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
}

/** @param {HTMLFormElement} form @param {string} name @param {string} words */
export function showFieldError(form, name, words) {
  errorBox(form, name)?.replaceChildren(icon("warning"), make("span", words));
  fieldOf(form, name)?.setAttribute("aria-invalid", "true");
}

/** @param {HTMLFormElement} form */
export function clearErrors(form) {
  for (const box of form.querySelectorAll("[data-error]")) box.replaceChildren();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  noteOf(form).hidden = true;
}

/** @param {HTMLFormElement} form @param {string} name */
export function clearFieldError(form, name) {
  errorBox(form, name)?.replaceChildren();
  fieldOf(form, name)?.removeAttribute("aria-invalid");
}

/** @param {HTMLFormElement} form @param {string} name */
export function focusField(form, name) {
  const field = fieldOf(form, name);
  const details = field?.closest("details");
  if (details) details.open = true;
  field?.focus();
}

/** @param {HTMLFormElement} form @param {string} name @returns {HTMLElement | null} */
function errorBox(form, name) {
  return form.querySelector(`[data-error="${CSS.escape(name)}"]`);
}

/** @param {HTMLFormElement} form @param {string} name @returns {HTMLElement | null} */
function fieldOf(form, name) {
  return form.querySelector(`[name="${CSS.escape(name)}"]`);
}

/** Find where a form says what is wrong as a whole; a page's only one has an id. @param {HTMLFormElement} form @returns {HTMLElement} */
function noteOf(form) {
  return form.querySelector("[data-part=form-error]") ?? byId("form-error");
}
