// What the page says of its connection: that it is lost, that it healed, that the database is away.

import { byId, sayWithIcon } from "../page.js";
import { t } from "../words.js";

const BACK_MS = 4000;

let isLost = false;
let isDatabaseAway = false;

/** The server cannot be heard. */
export function sayLost() {
  if (isLost) return;
  isLost = true;
  showState("reconnecting", t("Connection lost"));
  warn(t("The connection to the server is lost. The pictures below are old; trying again…"));
}

/** @returns {boolean} whether it had been lost */
export function sayConnected() {
  const wasLost = isLost;
  isLost = false;
  showState("live", t("Live"));
  if (wasLost) reassure(t("Connected again"));
  return wasLost;
}

export function sayDatabaseAway() {
  isDatabaseAway = true;
  warn(t("The database does not answer. Pictures go on without labels; who passes is counted once it is back."));
}

/** @returns {boolean} whether it had been away */
export function sayDatabaseBack() {
  const wasAway = isDatabaseAway;
  isDatabaseAway = false;
  if (wasAway) reassure(t("The database answers again"));
  return wasAway;
}

/** @param {CameraState} state @param {string} words */
function showState(state, words) {
  sayWithIcon(byId("connection-state"), state, words);
  byId("connection-state").dataset.state = state;
  document.body.classList.toggle("is-lost", isLost);
}

/** @param {string} words */
function warn(words) {
  byId("connection").hidden = false;
  byId("connection").classList.remove("is-good");
  sayWithIcon(byId("connection"), "warning", words);
}

/** @param {string} words */
function reassure(words) {
  sayWithIcon(byId("connection"), "check", words);
  byId("connection").classList.add("is-good");
  setTimeout(() => { if (!isLost && !isDatabaseAway) byId("connection").hidden = true; }, BACK_MS);
}
