// The filters of the audit; they stand in the address, so that it can be shared.

import { ACTIONS } from "./audit-words.js";
import { dayBegin, dayOf, nameDay, shiftDays } from "../days.js";
import { byId } from "../page.js";

const DAY_MS = 86_400_000;
const USUAL_DAYS = "7";
const EVER = "all";
/** The names of the fields, and of the address's parameters. */
const FILTERS = ["action", "subject", "actor", "days", "since", "until"];
const WORDS = ["actor", "action", "subject"];

const form = /** @type {HTMLFormElement} */ (byId("filters"));

/** Offer what can be chosen, and choose what the address says. */
export function startFilters() {
  offerActions();
  const parameters = new URLSearchParams(location.search);
  for (const name of FILTERS) field(name).value = parameters.get(name) ?? "";
  if (!field("days").value) field("days").value = parameters.has("since") ? "dates" : USUAL_DAYS;
  offerDates();
}

/** Do something after each choice. @param {() => void} act */
export function onChoice(act) {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    offerDates();
    writeAddress();
    act();
  });
}

/** Set one filter, as if it were chosen. @param {string} name @param {string} value */
export function choose(name, value) {
  field(name).value = value;
  form.dispatchEvent(new Event("change"));
  field(name).focus();
}

/** Let everything through. */
export function clearFilters() {
  for (const name of FILTERS) field(name).value = "";
  field("days").value = EVER;
  form.dispatchEvent(new Event("change"));
}

/** Say whether only some changes are let through, whenever they were made. */
export function isFiltered() {
  return WORDS.some((name) => choice(name) !== "");
}

/** Write what is chosen as the API asks for it. @param {Date} now */
export function queryOf(now) {
  const parameters = new URLSearchParams(bounds(now));
  for (const name of WORDS) if (choice(name)) parameters.set(name, choice(name));
  return parameters;
}

/** @param {string} name */
function choice(name) {
  return String(new FormData(form).get(name) ?? "").trim();
}

/** @param {string} name @returns {HTMLInputElement | HTMLSelectElement} */
function field(name) {
  return /** @type {HTMLInputElement} */ (byId(name));
}

/** @param {Date} now @returns {{ from: string, to: string }} */
function bounds(now) {
  const days = choice("days");
  if (days === "dates") return datesChosen(now);
  const from = days === EVER ? new Date(Date.UTC(2000, 0, 1)) : new Date(now.getTime() - Number(days) * DAY_MS);
  return { from: from.toISOString(), to: now.toISOString() };
}

/** Whole days of the viewer's zone, whichever of the two comes first. @param {Date} now */
function datesChosen(now) {
  const days = [dayOf(choice("since")) ?? now, dayOf(choice("until")) ?? now];
  const [first, last] = days.sort((one, other) => one.getTime() - other.getTime());
  return { from: dayBegin(first).toISOString(), to: shiftDays(dayBegin(last), 1).toISOString() };
}

/** Begin the choice of days with the usual ones. */
function offerDates() {
  const isWanted = choice("days") === "dates";
  byId("dates").hidden = !isWanted;
  if (!isWanted || choice("since") || choice("until")) return;
  const today = new Date();
  field("since").value = nameDay(shiftDays(today, 1 - Number(USUAL_DAYS)));
  field("until").value = nameDay(today);
}

function writeAddress() {
  const parameters = new URLSearchParams();
  for (const name of FILTERS) {
    const isDate = name === "since" || name === "until";
    if (isDate && choice("days") !== "dates") continue;
    if (choice(name) && !(name === "days" && choice(name) === USUAL_DAYS)) parameters.set(name, choice(name));
  }
  const search = parameters.toString();
  history.replaceState(null, "", search ? `?${search}` : location.pathname);
}

function offerActions() {
  field("action").append(...Object.entries(ACTIONS).map(([heading, actions]) => {
    const group = document.createElement("optgroup");
    group.label = heading;
    group.append(...Object.entries(actions).map(([action, words]) => new Option(words, action)));
    return group;
  }));
}
