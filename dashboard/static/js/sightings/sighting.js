// One sighting: what is known of it, what a person says, and the ways to those beside it in the list.

import { ask, listCameras, Problem } from "../api.js";
import { nameDay } from "../days.js";
import { sayNoPicture, sayPicture, showFace } from "./faces.js";
import { offerKeys } from "../keys.js";
import { toast } from "../messages.js";
import { byId, icon, make, obeyRole, say } from "../page.js";
import { mayReview, REVIEW_WORDS, reviewButtons, Reviewer, reviewKeys, showChoice, showReview } from "./reviews.js";
import { offerExplanation } from "./sighting-explanation.js";
import { showMinutes } from "./sighting-minutes.js";
import { showVotes } from "./sighting-votes.js";
import { LABELS } from "./likelihood.js";
import { movePlace } from "./place.js";
import { questionOf, readView } from "./view.js";
import { showVerdict, WORDS } from "../verdicts.js";
import { sayPercent, saySpan } from "../wording.js";
import { LOCALE, t } from "../words.js";

const FULL = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full", timeStyle: "medium" });
const MOMENT = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "short" });
/** Without a list of its own, a sighting stands among all. */
const EVERYTHING = "?from=2000-01-01T00:00:00Z&to=2199-12-31T00:00:00Z";

/** @type {SightingDetail} */
let sighting;
const reviewer = new Reviewer(showSaid);

/** @param {Sighting} shown */
function showSaid({ review, verdict }) {
  showReview(byId("review"), sighting);
  say(byId("review-words"), sayReview(review, verdict));
  if (!mayReview) return;
  byId("withdraw").hidden = review === null;
  showChoice(byId("labels"), sighting);
}

/** @param {Review | null} review @param {Verdict} verdict */
function sayReview(review, verdict) {
  if (!review) return mayReview ? t("Say what it is: the judgement may be wrong. No count changes by it.") : t("Nobody has reviewed this one yet.");
  const facts = { label: REVIEW_WORDS[review.label], who: review.reviewed_by, moment: MOMENT.format(new Date(review.reviewed_at)) };
  if (!review.reviewed_by) return t("Saving…");
  return review.label === verdict ? t("{who} says that this is right ({moment}).", facts) : t("{who} says: {label} ({moment}).", facts);
}

/** @param {string} camera its name */
function show(camera) {
  const title = t("{verdict}, {camera}", { verdict: WORDS[sighting.verdict], camera });
  say(byId("title"), title);
  document.title = `${title} · Maskwatch`;
  const time = byId("time");
  time.setAttribute("datetime", sighting.started_at);
  say(time, FULL.format(new Date(sighting.started_at)));
  showVerdict(byId("verdict"), sighting.verdict);
  showPicture();
  showSaid(sighting);
  showShares();
  showFacts(camera);
  showVotes(sighting);
  byId("sighting-body").setAttribute("aria-busy", "false");
}

function showPicture() {
  const words = t("The best face of this sighting");
  showFace(byId("face"), sighting, words);
  say(byId("picture-words"), sighting.picture ? sayPicture(sighting.picture) : sayNoPicture());
  offerExplanation(sighting);
}

function showShares() {
  byId("shares").replaceChildren(...LABELS.map((label) => {
    const share = sighting.probabilities[label];
    const item = make("li", "", "share");
    const bar = make("span", "", "share-bar");
    bar.dataset.verdict = label;
    bar.style.setProperty("--share", String(share));
    const name = make("span", "", "share-name");
    name.append(icon(label), make("span", WORDS[label]));
    item.append(name, bar, make("strong", sayPercent(share)));
    return item;
  }));
}

/** @param {string} camera */
function showFacts(camera) {
  const seconds = (Date.parse(sighting.ended_at) - Date.parse(sighting.started_at)) / 1000;
  const span = saySpan(Math.max(1, seconds));
  say(byId("fact-camera"), camera);
  say(byId("fact-span"), sighting.is_continuation ? t("{span}, and before: counted once, as this person stayed on", { span }) : span);
  say(byId("fact-faces"), String(sighting.faces));
  say(byId("fact-required"), sighting.is_required ? t("yes") : t("no: it is not counted"));
  say(byId("fact-model"), sighting.model_version);
  const day = nameDay(new Date(sighting.started_at));
  const place = new URLSearchParams({ range: "custom", since: day, until: day, camera_id: String(sighting.camera_id) });
  byId("to-history").setAttribute("href", `/history?${place}`);
}

/** Lead to the ones beside it in the list that one comes from. */
async function showWays() {
  const search = location.search || EVERYTHING;
  const view = readView(search);
  byId("to-list").setAttribute("href", `/sightings${search === EVERYTHING || search === "?range=24h" ? "" : search}`);
  const other = view.order === "newest" ? "oldest" : "newest";
  await Promise.all([lead("to-next", view, view.order), lead("to-before", view, other)]);
}

/** @param {string} id of the link @param {import("./view.js").View} view @param {string} order */
async function lead(id, view, order) {
  const question = questionOf(view, new Date());
  for (const [name, value] of Object.entries({ cursor: sighting.cursor, order, limit: "1" })) question.set(name, value);
  /** @type {Page<Sighting>} */
  const { items } = await ask(`sightings?${question}`);
  if (!items.length) return;
  byId(id).setAttribute("href", `/sightings/${items[0].id}${location.search}`);
  byId(id).removeAttribute("aria-disabled");
}

/** @param {string} id of a link */
function follow(id) {
  if (byId(id).hasAttribute("href")) byId(id).click();
  else if (id !== "to-list") toast(t("There is no further one in this list."));
}

function agree() {
  if (sighting.verdict !== "unsure") void reviewer.say(sighting, sighting.verdict);
  else toast(t("This one was not judged: say what it is, with 1 to 4."));
}

async function start() {
  obeyRole(byId("sighting-page"));
  try {
    const [found, cameras] = await Promise.all([ask(`sightings/${byId("sighting-page").dataset.id}`), listCameras().catch(() => [])]);
    sighting = found;
    const camera = cameras.find(({ id }) => id === sighting.camera_id)?.name ?? t("Camera {id} (deleted)", { id: String(sighting.camera_id) });
    movePlace(sighting.id);
    if (mayReview) offerReview();
    show(camera);
    offer();
    await Promise.all([showWays(), showMinutes(sighting)]);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    byId("sighting-status").hidden = false;
    say(byId("sighting-status"), t("Not all of this could be read. {reason}", { reason: error.message }));
  }
}

function offer() {
  offerKeys(t("This sighting"), [
    { keys: ["j", "ArrowRight"], words: t("Next sighting"), act: () => follow("to-next") },
    { keys: ["k", "ArrowLeft"], words: t("Sighting before"), act: () => follow("to-before") },
    { keys: ["Escape"], words: t("Back to the list"), act: () => follow("to-list") },
    ...reviewKeys((label) => void reviewer.say(sighting, label), () => void reviewer.withdraw(sighting), () => void reviewer.undo(), agree),
  ]);
}

function offerReview() {
  byId("labels").append(...reviewButtons((label) => void reviewer.say(sighting, label)));
  byId("withdraw").addEventListener("click", () => void reviewer.withdraw(sighting));
}

void start();
