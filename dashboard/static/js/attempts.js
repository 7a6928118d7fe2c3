// Do what was asked for, and say what went wrong if it did.

import { Problem } from "./api.js";
import { clearErrors, showProblem } from "./fields.js";
import { toast } from "./messages.js";
import { say } from "./page.js";

/** Say what went wrong in passing. @param {() => Promise<void>} step */
export async function attempt(step) {
  try {
    await step();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    toast(error.message);
  }
}

/**
 * Fill a page; what went wrong stands where its summary would.
 * @param {HTMLElement} summary @param {() => Promise<void>} step
 */
export async function fill(summary, step) {
  try {
    await step();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(summary, error.message);
  }
}

/**
 * Say what went wrong at the form's fields; its button waits meanwhile.
 * @param {HTMLFormElement} form @param {() => Promise<void>} step
 */
export function onSubmit(form, step) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (form.querySelector("[type=submit]"));
    clearErrors(form);
    button.disabled = true;
    try {
      await step();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      showProblem(form, error);
    } finally {
      button.disabled = false;
    }
  });
}
