// The audit: changes, newest first, page after page.

import { ask, Problem } from "../api.js";
import { appendEntry } from "./audit-entries.js";
import { clearFilters, isFiltered, onChoice, queryOf, startFilters } from "./audit-filters.js";
import { offerKeys } from "../keys.js";
import { toast } from "../messages.js";
import { byId, make, say } from "../page.js";
import { listGroups, listSites, listUsers } from "./people.js";
import { n, t } from "../words.js";

const ROWS = 50;

const more = /** @type {HTMLButtonElement} */ (byId("load-more"));
/** @type {string | null} */
let cursor = null;
/** Counts the questions asked, so that a late answer to an old one is let go. */
let asked = 0;
let now = new Date();
/** @type {import("./audit-changes.js").Names} */
let names = {};

/** Show the first page of what the filters ask for. */
async function restart() {
  cursor = null;
  // The server's clock may be a little ahead, and what was changed just now is wanted.
  now = new Date(Date.now() + 1000);
  /** @type {HTMLAnchorElement} */ (byId("save-csv")).href = `/api/v1/audit.csv?${queryOf(now)}`;
  await showPage(true);
}

/** @param {boolean} isFirst whether it replaces what is shown */
async function showPage(isFirst) {
  const question = (asked += 1);
  more.disabled = true;
  try {
    const parameters = queryOf(now);
    parameters.set("limit", String(ROWS));
    if (cursor) parameters.set("cursor", cursor);
    /** @type {Page<import("./audit-entries.js").Entry>} */
    const page = await ask(`audit?${parameters}`);
    if (question !== asked) return;
    cursor = page.next_cursor;
    if (isFirst) byId("days-found").replaceChildren();
    byId("audit-loading").hidden = true;
    for (const entry of page.items) appendEntry(entry, names);
    showExtent();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    toast(error.message);
    byId("audit-loading").hidden = !isFirst;
    say(byId("audit-loading"), error.message);
  } finally {
    more.disabled = false;
  }
}

function showExtent() {
  const count = document.querySelectorAll(".audit-entry").length;
  byId("no-changes").hidden = count > 0;
  more.hidden = cursor === null;
  say(byId("audit-status"), n("{n} change shown", "{n} changes shown", count));
  say(byId("no-changes-words"), isFiltered()
    ? t("Nothing that these filters let through was changed in this time.")
    : t("Nothing was changed in this time."));
}

/** Names stand where the audit has ids; whatever was removed since stays a number. */
async function readNames() {
  const [users, groups, sites] = await Promise.all([listUsers(), listGroups(), listSites()]);
  /** @param {{ id: number, name: string }[]} all */
  const byNumber = (all) => new Map(all.map((one) => [one.id, one.name]));
  names = { site_ids: byNumber(sites), group_ids: byNumber(groups), user_ids: byNumber(users) };
  byId("actors").append(...users.map((user) => {
    const option = make("option");
    option.setAttribute("value", user.name);
    return option;
  }));
}

async function start() {
  startFilters();
  await readNames().catch(() => null);
  await restart();
}

offerKeys(t("On this page"), [
  { keys: ["/"], words: t("Filter by what was changed"), act: () => byId("subject").focus() },
  { keys: ["x"], words: t("Show everything"), act: clearFilters },
]);
onChoice(() => void restart());
byId("clear-filters").addEventListener("click", clearFilters);
more.addEventListener("click", () => void showPage(false));
new IntersectionObserver(([seen]) => {
  if (seen.isIntersecting && !more.hidden && !more.disabled) void showPage(false);
}, { rootMargin: "600px" }).observe(more);
void start();
