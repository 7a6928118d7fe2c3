// The settings: what is chosen for everybody, each part saved by itself.

import { ask, Problem } from "../api.js";
import { question, toast } from "../messages.js";
import { byId, say } from "../page.js";
import { fetchEffect, sayLoss, showEffect } from "./retention-effect.js";
import { areNumbersValid, fillForm, hasChanges, openForm, readChoice, readNumbers } from "./form.js";
import { offerDesharpening, showSharpPictures } from "./sharp-pictures.js";
import { showExample } from "./verdict-example.js";
import { t } from "../words.js";

const evidence = /** @type {HTMLFormElement} */ (byId("evidence-form"));
const retention = /** @type {HTMLFormElement} */ (byId("retention-form"));
const rule = /** @type {HTMLFormElement} */ (byId("verdict_rule-form"));
const session = /** @type {HTMLFormElement} */ (byId("session-form"));
/** @type {Preferences} */
let chosen;

/** @param {Preferences} preferences */
function show(preferences) {
  chosen = preferences;
  const { agreement_min } = chosen.verdict_rule;
  fillForm(evidence, { evidence: chosen.evidence });
  fillForm(retention, chosen.retention);
  fillForm(rule, { ...chosen.verdict_rule, agreement_min: Math.round(agreement_min * 1000) / 10 });
  fillForm(session, { session_hours: chosen.session_hours });
  showRetention();
  showRule();
}

/** The rule as the API takes it: the page asks for percents. */
function readRule() {
  const { faces_min, weight_min, agreement_min, face_px_min } = readNumbers(rule);
  return { faces_min, weight_min, agreement_min: agreement_min / 100, face_px_min };
}

function showRule() {
  if (areNumbersValid(rule)) showExample(readRule());
}

function showRetention() {
  const isValid = areNumbersValid(retention);
  showEffect(isValid ? readNumbers(retention) : null, ({ stored }) => showSharpPictures(chosen.evidence, stored.sharp_pictures));
}

/** Ask before faces are kept as they are. */
async function mayKeepFaces() {
  if (readChoice(evidence, "evidence") !== "sharp") return true;
  return await question("sharp-dialog") === "keep";
}

/** Ask before more is removed than goes anyway. */
async function mayRemove() {
  const [now, then] = await Promise.all([fetchEffect({}), fetchEffect(readNumbers(retention))]);
  const isMore = Object.values(then.outdated).reduce((sum, one) => sum + one, 0) > Object.values(now.outdated).reduce((sum, one) => sum + one, 0);
  if (!isMore) return true;
  say(byId("retention-loss"), t("Next night this goes for good: {loss}. It cannot be undone.", { loss: sayLoss(then.outdated) }));
  return await question("retention-dialog") === "save";
}

async function refreshSharpPictures() {
  const { stored } = await fetchEffect({});
  showSharpPictures(chosen.evidence, stored.sharp_pictures);
}

openForm(evidence, { write: () => ({ evidence: readChoice(evidence, "evidence") }), mayBeSaved: mayKeepFaces, saved: show });
openForm(retention, { write: () => ({ retention: readNumbers(retention) }), mayBeSaved: mayRemove, saved: show, changed: showRetention });
openForm(rule, { write: () => ({ verdict_rule: { ...readRule(), changed: readChoice(rule, "changed") } }), saved: show, changed: showRule });
openForm(session, { write: () => readNumbers(session), saved: show });
offerDesharpening(refreshSharpPictures);
addEventListener("beforeunload", (event) => {
  if ([evidence, retention, rule, session].some(hasChanges)) event.preventDefault();
});
ask("preferences").then(show).catch((error) => {
  if (!(error instanceof Problem)) throw error;
  toast(error.message);
});
