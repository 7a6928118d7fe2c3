// The found sightings as a gallery or a table, under the days they belong to; one of them is chosen.

import { nameDay } from "../days.js";
import { showFace } from "./faces.js";
import { byId, make, say, stamp } from "../page.js";
import { showReview } from "./reviews.js";
import { likelihoodOf } from "./likelihood.js";
import { showVerdict } from "../verdicts.js";
import { sayClock, saySpan } from "../wording.js";
import { LOCALE, t } from "../words.js";

const DAY = new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const CLOCK = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** @typedef {{ sighting: Sighting, root: HTMLElement, link: HTMLAnchorElement, face: HTMLElement, review: HTMLElement }} Shown */

export class SightingList {
  /**
   * @param {(shown: Shown) => void} onChoose
   * @param {(id: number) => string} nameOf a camera's name
   * @param {(sighting: Sighting) => string} addressOf
   */
  constructor(onChoose, nameOf, addressOf) {
    this.onChoose = onChoose;
    this.nameOf = nameOf;
    this.addressOf = addressOf;
    /** @type {Shown[]} */
    this.shown = [];
    /** @type {"gallery" | "table"} */
    this.form = "gallery";
    this.day = "";
    this.chosen = -1;
    /** @type {HTMLElement | null} */
    this.place = null;
  }

  /** Empty the list. @param {"gallery" | "table"} form @param {boolean} isOneDay whether all are of one day */
  clear(form, isOneDay) {
    this.form = form;
    this.shown = [];
    this.day = "";
    this.chosen = -1;
    this.place = null;
    byId("found").replaceChildren();
    byId("found").dataset.form = form;
    byId("found").toggleAttribute("data-alone", isOneDay);
  }

  /** Add a page of them below. @param {Sighting[]} sightings */
  add(sightings) {
    for (const sighting of sightings) {
      const moment = new Date(sighting.started_at);
      if (nameDay(moment) !== this.day || !this.place) {
        this.day = nameDay(moment);
        this.place = this.addDay(moment);
      }
      this.place.append(this.make(sighting));
    }
  }

  /** Begin a day. @param {Date} moment @returns {HTMLElement} where its sightings go */
  addDay(moment) {
    const { root, part } = stamp(`${this.form}-day`);
    say(part("day"), DAY.format(moment));
    byId("found").append(root);
    return part("list");
  }

  /** @param {Sighting} sighting */
  make(sighting) {
    const { root, part } = stamp(`${this.form}-sighting`);
    const moment = new Date(sighting.started_at);
    const camera = this.nameOf(sighting.camera_id);
    /** @type {Shown} */
    const shown = { sighting, root, link: part("link"), face: part("face"), review: part("review") };
    shown.link.href = this.addressOf(sighting);
    showFace(shown.face, sighting);
    showVerdict(part("verdict"), sighting.verdict);
    showReview(shown.review, sighting);
    say(part("camera"), camera);
    const time = part("time");
    time.setAttribute("datetime", sighting.started_at);
    say(time, this.form === "table" ? CLOCK.format(moment) : sayClock(moment));
    if (this.form === "table") this.addFacts(part, sighting);
    const index = this.shown.push(shown) - 1;
    shown.link.addEventListener("focus", () => this.choose(index));
    return root;
  }

  /** @param {(name: string) => HTMLElement} part @param {Sighting} sighting */
  addFacts(part, sighting) {
    const seconds = (Date.parse(sighting.ended_at) - Date.parse(sighting.started_at)) / 1000;
    const span = saySpan(Math.max(1, seconds));
    const told = [sighting.is_continuation ? t("{span}, stayed on", { span }) : span];
    if (!sighting.is_required) told.push(t("no mask was required"));
    say(part("duration"), told.join(", "));
    part("likelihood").append(likelihoodOf(sighting.probabilities));
  }

  /** @returns {Shown | null} */
  get current() {
    return this.shown[this.chosen] ?? null;
  }

  /** Move by so many, and bring it into view. @param {number} step @returns {boolean} whether there was one */
  move(step) {
    const index = Math.max(0, this.chosen + step);
    const next = this.shown[index];
    if (!next) return false;
    next.link.focus({ preventScroll: true });
    // A page that lost the focus to nowhere still moves on.
    this.choose(index);
    next.root.scrollIntoView({ block: "nearest" });
    return true;
  }

  /** @param {number} index */
  choose(index) {
    if (index === this.chosen && this.current?.root.hasAttribute("aria-current")) return;
    this.current?.root.removeAttribute("aria-current");
    this.chosen = index;
    const { current } = this;
    if (!current) return;
    current.root.setAttribute("aria-current", "true");
    this.onChoose(current);
  }

  /** Choose a sighting by its id. @param {number} id @returns {boolean} whether it is shown */
  goTo(id) {
    const index = this.shown.findIndex(({ sighting }) => sighting.id === id);
    if (index === -1) return false;
    this.chosen = index;
    return this.move(0);
  }

  /** Write a changed review. @param {Sighting} sighting */
  update(sighting) {
    const found = this.shown.find((one) => one.sighting.id === sighting.id);
    if (found) showReview(found.review, sighting);
  }
}

/** @param {number} count of placeholders while the first page is fetched @returns {HTMLElement[]} */
export function placeholders(count) {
  return Array.from({ length: count }, () => make("span", "", "sighting-waiting"));
}
