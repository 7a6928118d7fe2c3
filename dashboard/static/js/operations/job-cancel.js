// Cancel a job, after a question.

import { post } from "../api.js";
import { hasEnded, sayCancelling, sayKind } from "../job-words.js";
import { question, toast } from "../messages.js";
import { byId, say } from "../page.js";
import { t } from "../words.js";

/** @param {Job} job @returns {Promise<Job | null>} the job after that; null where it goes on */
export async function askAndCancel(job) {
  say(byId("cancel-title"), t("Cancel “{name}”?", { name: sayKind(job) }));
  say(byId("cancel-words"), sayCancelling(job));
  if (await question("cancel-dialog") !== "cancel") return null;
  const after = /** @type {Job} */ (await post(`jobs/${job.id}/cancel`, {}));
  toast(hasEnded(after) ? t("The job is cancelled") : t("The job stops in a moment"));
  return after;
}
