// The figures of a whole range: rate and how sure, people, judged, watched, and the change.

import { judgedIn, sayChange, sayHowSure, sayJudged } from "./history-words.js";
import { byId, icon, make, say } from "../page.js";
import { peopleIn, VERDICTS, WORDS } from "../verdicts.js";
import { n, t } from "../words.js";
import { sayCount, sayPercent } from "../wording.js";

/**
 * @param {SeenCounts} totals @param {Counts | null} before @param {string} when the time before, in words
 * @param {number} added cameras that were not there when the time before began
 */
export function showTotals(totals, before, when, added) {
  say(byId("total-rate"), sayPercent(totals.rate));
  showInterval(byId("total-interval"), totals);
  say(byId("total-sure"), sayHowSure(totals));
  say(byId("total-people"), sayCount(peopleIn(totals)));
  say(byId("people-before"), before && peopleIn(before) ? t("{count} in {when}", { count: peopleIn(before), when }) : "");
  say(byId("total-judged"), sayPercent(totals.coverage));
  say(byId("judged-words"), judgedIn(totals) < peopleIn(totals) ? sayJudged(totals) : t("everybody who was seen"));
  say(byId("total-seen"), sayPercent(totals.seen));
  byId("change").hidden = totals.rate === null || !before || before.rate === null;
  say(byId("change-words"), sayChange(totals, before, when));
  say(byId("change-added"), added ? n("{n} camera was added since then, so the two times are not quite alike.", "{n} cameras were added since then, so the two times are not quite alike.", added) : "");
  byId("total-counts").replaceChildren(...VERDICTS.map((verdict) => countOf(verdict, totals)));
}

/** @param {HTMLElement} bar @param {Counts} counts */
function showInterval(bar, { rate, interval }) {
  bar.hidden = interval === null;
  if (!interval) return;
  bar.style.setProperty("--lower", String(interval.lower));
  bar.style.setProperty("--upper", String(interval.upper));
  bar.style.setProperty("--rate", String(rate));
}

/** @param {Verdict} verdict @param {Counts} counts */
function countOf(verdict, counts) {
  const count = make("li", "", "count");
  count.dataset.verdict = verdict;
  count.append(icon(verdict), make("strong", sayCount(counts[verdict])), make("span", WORDS[verdict]));
  return count;
}
