// A job that was just begun on this page: how far it is, and what came of it.

import { ask, Problem } from "../api.js";
import { hasEnded, sayMessage, showMeter, showState } from "../job-words.js";
import { make, say } from "../page.js";
import { t } from "../words.js";

const EVERY_MS = 700;

/**
 * Show a job in a box until it ends.
 * @param {HTMLElement} box @param {Job} begun
 * @returns {Promise<Job>} the job at its end
 */
export async function showJob(box, begun) {
  const state = make("span", "", "state");
  const words = make("span", "", "soft small");
  const meter = /** @type {HTMLProgressElement} */ (make("progress"));
  const link = make("a", t("Open the job"), "small");
  const head = make("div", "", "job-line");
  meter.setAttribute("aria-label", t("Progress"));
  link.setAttribute("href", `/jobs/${begun.id}`);
  head.setAttribute("role", "status");
  head.append(state, words);
  box.replaceChildren(head, meter, link);
  for (let job = begun; ; job = await askAgain(job)) {
    showState(state, job);
    showMeter(meter, job);
    say(words, sayMessage(job));
    if (hasEnded(job)) return job;
  }
}

/** Ask how far a job is, a moment later; while the server is away it is as it was. @param {Job} job @returns {Promise<Job>} */
async function askAgain(job) {
  await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  try {
    return await ask(`jobs/${job.id}`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return job;
  }
}
