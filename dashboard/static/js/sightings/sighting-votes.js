// The votes of one sighting over time, as small bars; what a change of the mask looked like.

import { byId, icon, make, say } from "../page.js";
import { LABELS } from "./likelihood.js";
import { fillStack } from "./stacks.js";
import { WORDS } from "../verdicts.js";
import { LOCALE, n, t } from "../words.js";

const CLOCK = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
/** More bars than these do not fit on a phone. */
const BARS_MOST = 64;

/** @param {SightingDetail} sighting */
export function showVotes(sighting) {
  const { votes_over_time: votes, stretch_s: stretch, changed } = sighting;
  byId("votes").hidden = byId("votes-ends").hidden = !votes?.length;
  say(byId("votes-words"), sayVotes(sighting));
  if (!votes?.length || stretch === null) return;
  const from = Date.parse(votes[0].at);
  const until = Date.parse(votes[votes.length - 1].at) + stretch * 1000;
  byId("votes").replaceChildren(...barsOf(votes, from, until, stretch * 1000));
  byId("votes").setAttribute("aria-label", t("Votes from {start} to {end}", { start: CLOCK.format(from), end: CLOCK.format(until) }));
  const [start, end] = byId("votes-ends").children;
  say(/** @type {HTMLElement} */ (start), CLOCK.format(from));
  say(/** @type {HTMLElement} */ (end), CLOCK.format(until));
  byId("changed").replaceChildren(...(changed ?? []).map(changeOf));
}

/** @param {SightingDetail} sighting */
function sayVotes({ votes_over_time: votes, stretch_s: stretch, changes }) {
  if (!votes) return t("The votes are not kept any more.");
  if (!votes.length) return t("No face was clear enough to vote.");
  const each = stretch === 1 ? t("Each bar is one second; a clear face casts about one vote.") : t("Each bar is {n} seconds; a clear face casts about one vote.", { n: stretch ?? 1 });
  return changes ? `${each} ${n("The mask was changed once.", "The mask was changed {n} times.", changes)}` : each;
}

/** One bar for each stretch, empty ones too. @param {Votes[]} votes @param {number} from @param {number} until @param {number} step */
function barsOf(votes, from, until, step) {
  const most = Math.max(...votes.map((one) => one.weight), 0.001);
  const found = new Map(votes.map((one) => [Math.round((Date.parse(one.at) - from) / step), one]));
  const count = Math.min(BARS_MOST, Math.round((until - from) / step));
  return Array.from({ length: count }, (_, index) => {
    const bar = make("span", "", "vote");
    const one = found.get(index);
    if (!one) return bar;
    fillStack(bar, LABELS, (label) => one[/** @type {Label} */ (label)], most);
    bar.title = `${CLOCK.format(from + index * step)}: ${LABELS.map((label) => `${WORDS[label]} ${one[label].toFixed(1)}`).join(", ")}`;
    return bar;
  });
}

/** @param {{ at: string, before: Label, after: Label }} change */
function changeOf({ at, before, after }) {
  const item = make("li", "", "small");
  const words = t("{time}: {before}, then {after}", { time: CLOCK.format(new Date(at)), before: WORDS[before], after: WORDS[after] });
  item.append(icon(after), make("span", words));
  return item;
}
