// Groups: made, changed and removed in a dialog.

import { patch, post, remove } from "../api.js";
import { attempt, onSubmit } from "../attempts.js";
import { offerChoices, tickedIn } from "./choices.js";
import { clearErrors } from "../fields.js";
import { question, toast } from "../messages.js";
import { byId, say, stamp } from "../page.js";
import { namesOf, sayCameras } from "./people.js";
import { t } from "../words.js";

/**
 * @typedef {import("./people.js").User} User
 * @typedef {import("./people.js").Group} Group
 * @typedef {import("./people.js").Site} Site
 */

const dialog = /** @type {HTMLDialogElement} */ (byId("group-dialog"));
const form = /** @type {HTMLFormElement} */ (byId("group-form"));
/** @type {{ users: User[], sites: Site[], refresh: () => Promise<void>, open: Group | null }} */
const shown = { users: [], sites: [], refresh: async () => undefined, open: null };

/**
 * @param {Group[]} groups @param {User[]} users @param {Site[]} sites
 * @param {() => Promise<void>} refresh shows the page anew
 */
export function showGroups(groups, users, sites, refresh) {
  Object.assign(shown, { users, sites, refresh });
  byId("groups").replaceChildren(...groups.map(cardOf));
  byId("no-groups").hidden = groups.length > 0;
}

/** @param {Group} group */
function cardOf(group) {
  const { root, part } = stamp("group-card");
  const { name } = group;
  say(part("name"), name);
  say(part("sites"), namesOf(shown.sites, group.site_ids).join(", ") || t("None yet"));
  say(part("people"), namesOf(shown.users, group.user_ids).join(", ") || t("Nobody yet"));
  part("edit").setAttribute("aria-label", t("Change {name}", { name }));
  say(part("drop-name"), t("Remove {name}", { name }));
  part("edit").addEventListener("click", () => open(group));
  part("drop").addEventListener("click", () => attempt(() => askAndDrop(group)));
  return root;
}

/** @param {Group | null} group null for a new one */
function open(group) {
  shown.open = group;
  form.reset();
  clearErrors(form);
  say(byId("group-title"), group ? t("Change {name}", { name: group.name }) : t("Make a group"));
  /** @type {HTMLInputElement} */ (byId("group-name")).value = group?.name ?? "";
  offerChoices(byId("group-sites"), "site_ids", shown.sites.map((site) => ({ ...site, words: sayCameras(site) })), group?.site_ids);
  offerChoices(byId("group-people"), "user_ids", shown.users.map(({ id, name, is_limited }) => (
    { id, name, words: is_limited ? t("limited to sites") : t("sees all cameras") }
  )), group?.user_ids);
  dialog.showModal();
}

async function save() {
  const name = String(new FormData(form).get("name")).trim();
  const group = { name, site_ids: tickedIn(form, "site_ids"), user_ids: tickedIn(form, "user_ids") };
  await (shown.open ? patch(`groups/${shown.open.id}`, group) : post("groups", group));
  dialog.close();
  toast(t("{name} is saved", { name }));
  await shown.refresh();
}

/** @param {Group} group */
async function askAndDrop(group) {
  const { name } = group;
  say(byId("drop-title"), t("Remove the group {name}?", { name }));
  say(byId("drop-words"), t("Its people stay, and stay limited: to what they see without it."));
  if (await question("drop-dialog") !== "drop") return;
  await remove(`groups/${group.id}`);
  toast(t("{name} is removed", { name }));
  await shown.refresh();
}

onSubmit(form, save);
byId("add-group").addEventListener("click", () => open(null));
byId("group-cancel").addEventListener("click", () => dialog.close());
