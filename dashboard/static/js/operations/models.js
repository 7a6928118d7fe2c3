// The model versions of each task: how they did, which is active; activate, roll back, add, remove.

import { ask, post, remove } from "../api.js";
import { attempt } from "../attempts.js";
import { follow } from "./follow.js";
import { question, toast } from "../messages.js";
import { compare, startComparing } from "./model-compare.js";
import { showMeasures } from "./model-measures.js";
import { startUpload } from "./model-upload.js";
import { byId, icon, make, say, sayWithIcon } from "../page.js";
import { showRows } from "./rows.js";
import { sayBytes } from "./sizes.js";
import { sayMoment } from "../wording.js";
import { n, t } from "../words.js";

const EVERY_MS = 4000;
const TASKS = /** @type {const} */ (["classifier", "detector"]);
/** Who activates what a release brings along. */
const RELEASE = "this release";
const isAdmin = document.body.dataset.role === "admin";

/** @type {ModelVersion[]} */
let models = [];
/** The models that each worker uses. @type {string[][]} */
let workers = [];
/** The version that is being tried; its button says so. */
let triedId = 0;

async function refresh() {
  const [page, system] = await Promise.all([ask("models"), ask("system")]);
  models = page.items;
  workers = /** @type {System} */ (system).processes.filter((one) => one.kind === "worker").map((one) => one.models);
  show();
  return EVERY_MS;
}

function show() {
  for (const task of TASKS) showTask(task);
  const active = models.find((one) => one.task === "classifier" && one.is_active);
  say(byId("models-summary"), active ? t("{name} judges what faces wear", { name: active.version }) : t("No classifier is active"));
  compare(models);
}

/** @param {typeof TASKS[number]} task */
function showTask(task) {
  const versions = models.filter((one) => one.task === task).toSorted((one, other) => Number(other.is_active) - Number(one.is_active));
  byId(`no-${task}`).hidden = versions.length > 0;
  showRows(byId(`${task}-versions`), "version-row", versions, (one) => String(one.id), fill);
  const back = /** @type {HTMLElement | null} */ (document.querySelector(`[data-task=${task}]`));
  const before = versions.find((one) => one.is_next_back);
  if (!back) return;
  back.hidden = !before;
  say(/** @type {HTMLElement} */ (back.querySelector("span")), before ? t("Roll back to {name}", { name: before.version }) : "");
}

/** @param {(name: string) => HTMLElement} part @param {ModelVersion} model @param {HTMLElement} root */
function fill(part, model, root) {
  root.classList.toggle("is-active", model.is_active);
  for (const name of ["name", "details"]) /** @type {HTMLAnchorElement} */ (part(name)).href = `/models/${model.id}`;
  say(part("name"), model.version);
  part("details").setAttribute("aria-label", t("Details of {name}", { name: model.version }));
  showChips(part("chips"), model);
  say(part("about"), sayAbout(model));
  say(part("use"), model.is_active ? sayUse(model) : "");
  showMeasures(part("measures"), model);
  if (isAdmin) showButtons(part, model);
}

/** @param {HTMLElement} box @param {ModelVersion} model */
function showChips(box, model) {
  const chips = [];
  if (model.is_active) chips.push(["good", "check", t("Active")]);
  if (model.is_shipped) chips.push(["", "", t("Came with this release")]);
  if (model.checked_at === null) chips.push(["warning", "incorrect_mask", t("Not tried yet")]);
  else if (!model.is_shipped) chips.push(["", "check", t("Runs; tried {when}", { when: sayMoment(new Date(model.checked_at)) })]);
  const said = JSON.stringify(chips);
  if (box.dataset.said === said) return;
  box.dataset.said = said;
  box.replaceChildren(...chips.map(([tone, sign, words]) => {
    const chip = make("span", "", "chip");
    chip.dataset.tone = tone;
    chip.append(...(sign ? [icon(sign)] : []), words);
    return chip;
  }));
}

/** @param {ModelVersion} model */
function sayAbout(model) {
  const size = model.files.reduce((sum, file) => sum + file.size, 0);
  const parts = [model.architecture];
  if (model.input_side) parts.push(t("{n} px", { n: model.input_side }));
  parts.push(sayBytes(size));
  if (!model.is_shipped) parts.push(t("added {when} by {name}", { when: sayMoment(new Date(model.added_at)), name: model.added_by }));
  return parts.join(" · ");
}

/** Say since when it is active, and whether the workers have followed. @param {ModelVersion} model */
function sayUse(model) {
  return [sayActivation(model), sayWorkers(model)].join(" ");
}

/** @param {ModelVersion} model */
function sayWorkers(model) {
  const using = workers.filter((names) => names.includes(model.version)).length;
  if (workers.length === 0) return t("No worker runs now.");
  if (using === 0 && model.task === "detector") return t("The workers are set to another detector.");
  return n("{using} of {n} worker uses it.", "{using} of {n} workers use it.", workers.length, { using });
}

/** @param {ModelVersion} model */
function sayActivation({ active_since, activated_by }) {
  if (!active_since) return "";
  const when = sayMoment(new Date(active_since));
  if (activated_by === RELEASE) return t("Active since {when}, when this release was first started.", { when });
  return t("Active since {when}, by {name}.", { when, name: activated_by ?? "" });
}

/** @param {(name: string) => HTMLElement} part @param {ModelVersion} model */
function showButtons(part, model) {
  const activate = /** @type {HTMLButtonElement} */ (part("activate"));
  const isTried = triedId === model.id;
  activate.hidden = model.is_active;
  activate.disabled = triedId !== 0;
  sayWithIcon(activate, isTried ? "connecting" : "check", isTried ? t("A worker tries it…") : t("Activate"));
  activate.setAttribute("aria-label", t("Activate {name}", { name: model.version }));
  activate.onclick = () => attempt(() => askAndActivate(model));
  const removing = part("remove");
  removing.hidden = model.is_active || model.is_shipped;
  if (!removing.childElementCount) removing.append(icon("delete"), make("span", t("Remove {name}", { name: model.version }), "visually-hidden"));
  removing.onclick = () => attempt(() => askAndRemove(model));
}

/** @param {ModelVersion} model */
async function askAndActivate(model) {
  const current = models.find((one) => one.task === model.task && one.is_active);
  say(byId("activate-title"), t("Activate {name}?", { name: model.version }));
  say(byId("activate-words"), current ? t("It takes the place of {name}.", { name: current.version }) : "");
  if (await question("activate-dialog") !== "activate") return;
  triedId = model.id;
  show();
  try {
    await post(`models/${model.id}/activate`, {});
    toast(t("{name} is active; the workers take it now", { name: model.version }));
  } finally {
    triedId = 0;
    await now();
  }
}

/** @param {string} task */
async function askAndGoBack(task) {
  const before = models.find((one) => one.task === task && one.is_next_back);
  if (!before) return;
  say(byId("back-title"), t("Roll back to {name}?", { name: before.version }));
  if (await question("back-dialog") !== "back") return;
  await post("models/rollback", { task });
  toast(t("{name} is active again", { name: before.version }));
  await now();
}

/** @param {ModelVersion} model */
async function askAndRemove(model) {
  say(byId("remove-title"), t("Remove {name}?", { name: model.version }));
  if (await question("remove-dialog") !== "remove") return;
  await remove(`models/${model.id}`);
  toast(t("{name} is removed", { name: model.version }));
  await now();
}

startComparing();
const now = follow(refresh, "models-away");
for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-task]"))) {
  button.addEventListener("click", () => attempt(() => askAndGoBack(button.dataset.task ?? "")));
}
if (isAdmin) startUpload(now);
