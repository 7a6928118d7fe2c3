// Make a token: for what, named how, for which cameras, for how long; then show it, once.

import { post } from "../api.js";
import { attempt, onSubmit } from "../attempts.js";
import { showFieldError } from "../fields.js";
import { limitsIn, offerLimits } from "./limits.js";
import { byId, say, stamp } from "../page.js";
import { listSites } from "./people.js";
import { showSecret } from "./secret-box.js";
import { READ_ONLY, SUBJECTS } from "./token-words.js";
import { sayDay } from "../wording.js";
import { t } from "../words.js";

const DAY_MS = 86_400_000;

/**
 * What the ready-made choices give; days: how long such a token usually lives.
 * @type {Readonly<Record<string, { name: string, days: string, scopes: string[] }>>}
 */
const PURPOSES = {
  wall: { name: t("Wall screen"), days: "365", scopes: ["wall"] },
  report: { name: t("Reports"), days: "90", scopes: ["compliance:read", "sightings:read", "exports:read", "cameras:read", "sites:read"] },
  metrics: { name: "Prometheus", days: "365", scopes: ["metrics:read"] },
  own: { name: "", days: "90", scopes: [] },
};

const form = /** @type {HTMLFormElement} */ (byId("token-form"));
const nameField = /** @type {HTMLInputElement} */ (byId("name"));
const lifetime = /** @type {HTMLSelectElement} */ (byId("lifetime"));
/** The name that was filled in for a purpose: a name of one's own is left alone. */
let suggested = "";

async function start() {
  byId("scopes").append(...Object.entries(SUBJECTS).map(([subject, words]) => scopeRow(subject, words)));
  followPurpose();
  offerLimits(form, await listSites());
}

/** @param {string} subject @param {string} words */
function scopeRow(subject, words) {
  const { root, part } = stamp("scope-row");
  const read = /** @type {HTMLInputElement} */ (part("read"));
  const change = /** @type {HTMLInputElement} */ (part("change"));
  say(part("subject"), words);
  Object.assign(read, { name: "read", value: subject, ariaLabel: t("Read: {subject}", { subject: words }) });
  Object.assign(change, { name: "change", value: subject, ariaLabel: t("Change: {subject}", { subject: words }) });
  change.addEventListener("change", () => { if (change.checked) read.checked = true; });
  read.addEventListener("change", () => { if (!read.checked) change.checked = false; });
  if (READ_ONLY.has(subject)) change.remove();
  return root;
}

function followPurpose() {
  const purpose = chosen("purpose");
  const { name, days } = PURPOSES[purpose];
  byId("own-terms").hidden = purpose !== "own";
  if (purpose !== "own") /** @type {HTMLSelectElement} */ (byId("role")).value = "viewer";
  if (nameField.value === suggested) nameField.value = suggested = name;
  lifetime.value = days;
  sayLifetime();
}

/** @param {string} name */
function chosen(name) {
  return String(new FormData(form).get(name) ?? "");
}

function expiry() {
  return lifetime.value ? new Date(Date.now() + Number(lifetime.value) * DAY_MS) : null;
}

function sayLifetime() {
  const until = expiry();
  say(byId("lifetime-words"), until
    ? t("On {when} it stops working; make a new one before.", { when: sayDay(until) })
    : t("It works until somebody revokes it. Better that it runs out, if it can be renewed."));
}

/** @returns {string[]} as the API takes them; none: all */
function scopes() {
  const purpose = chosen("purpose");
  if (purpose !== "own") return PURPOSES[purpose].scopes;
  if (chosen("extent") === "all") return [];
  const data = new FormData(form);
  const changed = data.getAll("change").map(String);
  const read = data.getAll("read").map(String).filter((subject) => !changed.includes(subject));
  return [...changed, ...read.map((subject) => `${subject}:read`)];
}

async function make() {
  const wanted = scopes();
  if (wanted.length === 0 && chosen("extent") !== "all") {
    return showFieldError(form, "scopes", t("Tick what it is to reach."));
  }
  const made = await post("tokens", {
    name: nameField.value.trim(),
    role: chosen("role"),
    scopes: wanted,
    expires_at: expiry()?.toISOString() ?? null,
    ...limitsIn(form),
  });
  form.hidden = true;
  byId("done").hidden = false;
  say(byId("done-title"), t("{name} is made", { name: made.name }));
  showUse(chosen("purpose"));
  showSecret(byId("done-place"), {
    label: t("The token"),
    text: made.token,
    words: t("Copy it now: it is shown this once. Whoever has it gets in."),
  });
}

/** @param {string} purpose */
function showUse(purpose) {
  const { origin } = location;
  say(byId("use-words"), purpose === "wall"
    ? t("Open this address on the screen, and paste the token there:")
    : t("Send it with each request, such as:"));
  const path = purpose === "metrics" ? "/metrics" : "/api/v1/compliance";
  say(byId("use-code"), purpose === "wall" ? `${origin}/kiosk` : `curl -H "Authorization: Bearer TOKEN" ${origin}${path}`);
}

onSubmit(form, make);
for (const box of form.querySelectorAll("[name=purpose]")) box.addEventListener("change", followPurpose);
for (const box of form.querySelectorAll("[name=extent]")) {
  box.addEventListener("change", () => { byId("scopes-table").hidden = chosen("extent") === "all"; });
}
lifetime.addEventListener("change", sayLifetime);
attempt(start);
