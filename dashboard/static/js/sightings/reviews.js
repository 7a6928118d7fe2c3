// Say what a verdict should have been, and take the last words back one by one.

import { post, Problem, remove } from "../api.js";
import { toast } from "../messages.js";
import { icon, make, sayWithIcon } from "../page.js";
import { WORDS } from "../verdicts.js";
import { t } from "../words.js";

/** @typedef {Label | "not_a_face"} ReviewLabel */

/** In the order of their keys, 1 to 4. */
/** @type {readonly ReviewLabel[]} */
const REVIEW_LABELS = ["mask", "incorrect_mask", "no_mask", "not_a_face"];

/** @type {Readonly<Record<ReviewLabel, string>>} */
export const REVIEW_WORDS = { ...WORDS, not_a_face: t("Not a face") };

export const mayReview = document.body.dataset.role === "operator" || document.body.dataset.role === "admin";

/** Reviews sightings, and remembers what was said before, for `undo`. */
export class Reviewer {
  /** @param {(sighting: Sighting) => void} onChange after each change, and where one failed */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {{ sighting: Sighting, before: Review | null }[]} */
    this.said = [];
    /** Changes go to the server one after another: an undo must not overtake what it undoes. */
    this.sent = Promise.resolve();
    /** @type {Map<number, Review | null>} what the server keeps of each sighting that was changed */
    this.kept = new Map();
  }

  /**
   * Show the label at once, then tell the server; what it refuses is taken back and said.
   * @param {Sighting} sighting @param {ReviewLabel} label
   */
  async say(sighting, label) {
    if (!mayReview) return;
    this.said.push({ sighting, before: sighting.review });
    toast(t("{what}: saved", { what: REVIEW_WORDS[label] }), () => void this.undo());
    await this.change(sighting, label);
  }

  /** Take the review of a sighting back. @param {Sighting} sighting */
  async withdraw(sighting) {
    if (!mayReview || !sighting.review) return;
    this.said.push({ sighting, before: sighting.review });
    toast(t("The review was taken back"), () => void this.undo());
    await this.change(sighting, null);
  }

  /** Take the last change back. @returns {Promise<Sighting | null>} of which sighting; null where there was none */
  async undo() {
    const last = this.said.pop();
    if (!last) {
      toast(t("There is nothing to undo"));
      return null;
    }
    toast(t("Undone"));
    await this.change(last.sighting, last.before?.label ?? null);
    return last.sighting;
  }

  /** @param {Sighting} sighting @param {ReviewLabel | null} label @returns {Promise<void>} settled once the server has it */
  change(sighting, label) {
    if (!this.kept.has(sighting.id)) this.kept.set(sighting.id, sighting.review);
    const shown = label && { label, reviewed_by: "", reviewed_at: new Date().toISOString() };
    sighting.review = shown;
    this.onChange(sighting);
    this.sent = this.sent.then(() => this.send(sighting, label)).then(() => {
      if (sighting.review !== shown) return; // it was changed again meanwhile
      sighting.review = this.kept.get(sighting.id) ?? null;
      this.onChange(sighting);
    });
    return this.sent;
  }

  /** @param {Sighting} sighting @param {ReviewLabel | null} label */
  async send(sighting, label) {
    const path = `sightings/${sighting.id}/review`;
    try {
      this.kept.set(sighting.id, label ? await post(path, { label }) : await remove(path));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.said = this.said.filter((one) => one.sighting !== sighting);
      toast(error.message);
    }
  }
}

/** Write what was said of a sighting; hidden where nothing was. @param {HTMLElement} element @param {Sighting} sighting */
export function showReview(element, { review, verdict }) {
  element.hidden = review === null;
  if (!review) return;
  const isRight = review.label === verdict;
  element.dataset.verdict = review.label;
  element.classList.toggle("is-right", isRight);
  sayWithIcon(element, isRight ? "check" : review.label, isRight ? t("Right") : t("In fact: {label}", { label: REVIEW_WORDS[review.label] }));
}

/**
 * Make the four buttons of a review, with their keys.
 * @param {(label: ReviewLabel) => void} choose
 */
export function reviewButtons(choose) {
  return REVIEW_LABELS.map((label, index) => {
    const button = make("button", "", "button review-button");
    button.setAttribute("type", "button");
    button.setAttribute("aria-keyshortcuts", String(index + 1));
    button.dataset.verdict = label;
    button.append(icon(label), make("span", REVIEW_WORDS[label]), make("kbd", String(index + 1)));
    button.addEventListener("click", () => choose(label));
    return button;
  });
}

/** Press in the button of what was said. @param {HTMLElement} box @param {Sighting} sighting */
export function showChoice(box, { review }) {
  for (const button of box.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.verdict === review?.label));
  }
}

/**
 * The keys of a review, for `offerKeys`. A key held down says it once, not of all that follow.
 * @param {(label: ReviewLabel) => void} choose @param {() => void} withdraw @param {() => void} undo
 * @param {() => void} agree
 * @returns {import("../keys.js").Shortcut[]}
 */
export function reviewKeys(choose, withdraw, undo, agree) {
  if (!mayReview) return [];
  const once = (/** @type {() => void} */ act) => (/** @type {KeyboardEvent} */ { repeat }) => { if (!repeat) act(); };
  return [
    ...REVIEW_LABELS.map((label, index) => ({
      keys: [String(index + 1)],
      words: t("It is: {label}", { label: REVIEW_WORDS[label] }),
      act: once(() => choose(label)),
    })),
    { keys: ["y"], words: t("It is right as judged"), act: once(agree) },
    { keys: ["x"], words: t("Take the review back"), act: once(withdraw) },
    { keys: ["u"], words: t("Undo the last one"), act: once(undo) },
  ];
}
