// The list of tokens: what each reaches, when it was used, when it runs out; and revoking them.

import { remove } from "../api.js";
import { attempt, fill } from "../attempts.js";
import { offerKeys } from "../keys.js";
import { question, toast } from "../messages.js";
import { byId, say, stamp } from "../page.js";
import { listByName, listSites, namesOf } from "./people.js";
import { sayExpiry, sayScopes } from "./token-words.js";
import { sayDay, sayMoment, sayRole, showMoment } from "../wording.js";
import { n, t } from "../words.js";

/**
 * @typedef {import("./token-words.js").Token} Token
 * @typedef {import("./people.js").Site} Site
 */

async function refresh() {
  /** @type {[Token[], Site[]]} */
  const [tokens, sites] = await Promise.all([listByName("tokens"), listSites()]);
  byId("tokens").replaceChildren(...tokens.map((token) => rowOf(token, sites)));
  byId("tokens-card").hidden = tokens.length === 0;
  byId("no-tokens").hidden = tokens.length > 0;
  say(byId("tokens-summary"), tokens.length ? n("{n} token", "{n} tokens", tokens.length) : t("None yet"));
}

/** @param {Token} token @param {Site[]} sites */
function rowOf(token, sites) {
  const { root, part } = stamp("token-row");
  say(part("name"), token.name);
  const made = { when: sayDay(new Date(token.created_at)), who: token.created_by };
  say(part("made"), token.created_by ? t("made {when} by {who}", made) : t("made {when}", made));
  say(part("reaches"), sayScopes(token.scopes));
  const role = sayRole(token.role);
  const places = namesOf(sites, token.site_ids).join(", ") || t("no cameras");
  say(part("limits"), token.is_limited ? t("as {role}, at: {places}", { role, places }) : t("as {role}", { role }));
  if (token.last_used_at) {
    const time = document.createElement("time");
    showMoment(time, token.last_used_at);
    part("used").append(time);
  } else say(part("used"), t("Never"));
  const { words, tone } = sayExpiry(token.expires_at);
  say(part("expires"), words);
  part("expires").classList.toggle("chip", tone !== "");
  part("expires").dataset.tone = tone;
  if (token.expires_at) part("expires").title = sayMoment(new Date(token.expires_at));
  part("revoke").setAttribute("aria-label", t("Revoke {name}", { name: token.name }));
  part("revoke").addEventListener("click", () => attempt(() => askAndRevoke(token)));
  return root;
}

/** @param {Token} token */
async function askAndRevoke(token) {
  const { name } = token;
  say(byId("revoke-title"), t("Revoke {name}?", { name }));
  say(byId("revoke-used"), token.last_used_at
    ? t("It was last used {when}.", { when: sayMoment(new Date(token.last_used_at)) })
    : t("It was never used."));
  if (await question("revoke-dialog") !== "revoke") return;
  await remove(`tokens/${token.id}`);
  toast(t("{name} is revoked", { name }));
  await refresh();
}

offerKeys(t("On this page"), [{ keys: ["n"], words: t("Make a token"), act: () => location.assign("/tokens/new") }]);
fill(byId("tokens-summary"), refresh);
