// Notice violations, each person once: on the wall's pictures, or in the numbers where none is shown.

/** A person who was not seen for so long is a new one. */
const FORGET_MS = 60_000;

/** @type {ReadonlySet<string | null>} */
const VIOLATIONS = new Set(["no_mask", "incorrect_mask"]);

/** @typedef {"no_mask" | "incorrect_mask"} Violation */

export class Alarms {
  /** @param {(cameraId: number, verdict: Violation) => void} raise */
  constructor(raise) {
    this.raise = raise;
    /** @type {Map<string, number>} when each person with a violation was last seen */
    this.seen = new Map();
    /** @type {Map<number, { no_mask: number, incorrect_mask: number }>} */
    this.counted = new Map();
    /** @type {Set<number>} cameras where no mask has to be worn now */
    this.free = new Set();
  }

  /** @param {LiveFrame} frame @param {number} now in milliseconds */
  seeFrame(frame, now) {
    for (const { verdict, track_id: track } of frame.faces) {
      if (!VIOLATIONS.has(verdict)) continue;
      const person = `${frame.camera_id}:${track}:${verdict}`;
      const isNew = now - (this.seen.get(person) ?? -Infinity) > FORGET_MS;
      this.seen.set(person, now);
      if (isNew && !this.free.has(frame.camera_id)) this.raise(frame.camera_id, /** @type {Violation} */ (verdict));
    }
    if (this.seen.size > 500) this.forget(now);
  }

  /**
   * Notice what the counts of today tell of cameras whose pictures are not looked at.
   * @param {LiveStatistics} statistics @param {ReadonlySet<number>} watched
   */
  seeStatistics(statistics, watched) {
    for (const { camera_id: id, today, is_required: isRequired } of statistics.cameras) {
      if (isRequired === false) this.free.add(id);
      else this.free.delete(id);
      const before = this.counted.get(id);
      this.counted.set(id, { no_mask: today.no_mask, incorrect_mask: today.incorrect_mask });
      if (!before || watched.has(id)) continue;
      if (today.no_mask > before.no_mask) this.raise(id, "no_mask");
      else if (today.incorrect_mask > before.incorrect_mask) this.raise(id, "incorrect_mask");
    }
  }

  /** @param {number} now */
  forget(now) {
    for (const [person, at] of this.seen) if (now - at > FORGET_MS) this.seen.delete(person);
  }
}
