// What the camera saw in the minutes before and after one sighting, in numbers and as small bars.

import { ask } from "../api.js";
import { ZONE } from "../days.js";
import { byId, make, say } from "../page.js";
import { joinBuckets } from "../periods.js";
import { fillStack } from "./stacks.js";
import { peopleIn, VERDICTS } from "../verdicts.js";
import { sayCount } from "../wording.js";
import { LOCALE, t } from "../words.js";

const MINUTE_MS = 60_000;
const AROUND = 10;

const CLOCK = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });

/** @param {Sighting} sighting */
export async function showMinutes(sighting) {
  const minute = Math.floor(Date.parse(sighting.started_at) / MINUTE_MS) * MINUTE_MS;
  const question = new URLSearchParams({
    from: new Date(minute - AROUND * MINUTE_MS).toISOString(),
    to: new Date(minute + (AROUND + 1) * MINUTE_MS).toISOString(),
    bucket: "minute",
    tz: ZONE,
    camera_id: String(sighting.camera_id),
  });
  /** @type {Compliance} */
  const { series, minutes_from: kept } = await ask(`compliance?${question}`);
  const isPruned = kept !== null && Date.parse(kept) > minute;
  say(byId("minutes-words"), sayMinutes(series, isPruned));
  byId("minutes").closest("table")?.toggleAttribute("hidden", isPruned);
  byId("minute-bars").hidden = isPruned;
  if (isPruned) return;
  byId("minutes").replaceChildren(
    rowOf(t("Before"), series.filter((one) => Date.parse(one.start) < minute)),
    rowOf(CLOCK.format(minute), series.filter((one) => Date.parse(one.start) === minute)),
    rowOf(t("After"), series.filter((one) => Date.parse(one.start) > minute)),
  );
  showBars(series, minute);
}

/** @param {ComplianceBucket[]} series @param {boolean} isPruned */
function sayMinutes(series, isPruned) {
  if (isPruned) return t("Minutes of that time are not kept any more; hours and days are, in the history.");
  const gaps = series.filter((one) => one.gap && Date.parse(one.start) < Date.now()).length;
  return gaps ? t("In {n} of these minutes the camera delivered nothing.", { n: gaps }) : "";
}

/** @param {string} words @param {ComplianceBucket[]} buckets */
function rowOf(words, buckets) {
  const counts = joinBuckets(0, buckets);
  const row = make("tr");
  const head = make("th", words);
  head.setAttribute("scope", "row");
  row.append(head, make("td", counts.isGap ? "–" : sayCount(peopleIn(counts))));
  row.append(...VERDICTS.map((verdict) => {
    const cell = make("td", counts.isGap ? "–" : sayCount(counts[verdict]));
    if (counts[verdict] > 0) cell.dataset.verdict = verdict;
    return cell;
  }));
  return row;
}

/** @param {ComplianceBucket[]} series @param {number} minute */
function showBars(series, minute) {
  const most = Math.max(1, ...series.map(peopleIn));
  byId("minute-bars").hidden = series.length === 0;
  byId("minute-bars").setAttribute("aria-label", t("People by minute; the same numbers stand in the table."));
  byId("minute-bars").replaceChildren(...series.map((bucket) => {
    const bar = make("span", "", "vote");
    bar.classList.toggle("is-gap", bucket.gap);
    bar.classList.toggle("is-here", Date.parse(bucket.start) === minute);
    bar.title = t("{time}: {n} people", { time: CLOCK.format(new Date(bucket.start)), n: peopleIn(bucket) });
    fillStack(bar, VERDICTS, (verdict) => bucket[verdict], most);
    return bar;
  }));
}
