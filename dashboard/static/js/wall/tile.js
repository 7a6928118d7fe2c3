// One tile of the wall: a camera's newest picture, its state and its numbers.

import { drawFrame, sizeCanvas } from "./drawing.js";
import { make, say, sayWithIcon, setIcon, stamp } from "../page.js";
import { showVerdict } from "../verdicts.js";
import { sayCount, sayMoment, sayPercent, saySpan } from "../wording.js";
import { hear, n, t } from "../words.js";

/** A live picture older than this is called delayed; the longest pause of a healthy camera is shorter. */
const DELAYED_S = 3;

/** Boxes stay for this long before a preview, which has none, takes their place: no flicker. */
const HOLD_MS = 1000;

/** A picture older than this must not look like now: it is dimmed, and not shown to who comes back. */
const STALE_MS = 10_000;

/** So long a tile tells of a violation. */
const ALARM_MS = 8000;

/** An analysis that is as fresh as this needs no words. */
const FRESH_S = 2;

/** @type {Readonly<Record<CameraState, string>>} */
const STATE_WORDS = { live: t("Live"), connecting: t("Connecting"), reconnecting: t("Reconnecting"), paused: t("Paused") };

export class Tile {
  /** @param {WallCamera} camera @param {(tile: Tile) => void} onOpen */
  constructor(camera, onOpen) {
    const { root, part } = stamp("tile");
    this.root = root;
    this.part = part;
    this.canvas = /** @type {HTMLCanvasElement} */ (part("canvas"));
    /** @type {{ frame: LiveFrame, acknowledge: () => void } | null} */
    this.waiting = null;
    this.isDrawing = false;
    /** @type {{ frame: LiveFrame, picture: ImageBitmap } | null} */
    this.shown = null;
    /** @type {number | null} */
    this.analysedAt = null;
    this.seenSince = Date.now();
    /** @type {import("./area-marks.js").Areas | null} */
    this.areas = null;
    this.alarmEnds = 0;
    part("open").addEventListener("click", () => onOpen(this));
    this.resizes = new ResizeObserver(() => this.redraw());
    this.resizes.observe(this.canvas);
    this.describe(camera);
  }

  /** @param {WallCamera} camera */
  describe(camera) {
    this.camera = camera;
    this.health = healthOf(camera);
    this.root.dataset.cameraId = String(camera.id);
    say(this.part("name"), camera.name);
    this.part("name").title = [camera.name, camera.site, camera.zone].filter(Boolean).join(" · ");
    this.canvas.setAttribute("aria-label", t("Picture of {name}", { name: camera.name }));
    say(this.part("open-word"), t("Enlarge {name}", { name: camera.name }));
    this.showState(Date.now());
  }

  /**
   * Take a frame; an older one that still waits is dropped.
   * @param {LiveFrame} frame @param {() => void} acknowledge
   */
  receive(frame, acknowledge) {
    this.waiting?.acknowledge();
    this.waiting = { frame, acknowledge };
    if (!this.isDrawing) void this.drawWaiting();
  }

  async drawWaiting() {
    this.isDrawing = true;
    while (this.waiting) {
      const { frame, acknowledge } = this.waiting;
      this.waiting = null;
      const picture = this.isHeld(frame) ? null : await decode(frame.jpeg);
      await nextPaint();
      if (picture && !this.waiting) this.show(frame, picture);
      else picture?.close();
      acknowledge();
    }
    this.isDrawing = false;
  }

  /** @param {LiveFrame} frame @returns {boolean} whether what is shown, with its boxes, stays */
  isHeld(frame) {
    if (frame.kind !== "preview" || this.shown?.frame.kind !== "analysed") return false;
    const newer = Date.parse(frame.captured_at) - Date.parse(this.shown.frame.captured_at);
    return Math.abs(newer) < HOLD_MS;
  }

  /** @param {LiveFrame} frame @param {ImageBitmap} picture */
  show(frame, picture) {
    this.shown?.picture.close();
    this.shown = { frame, picture };
    const analysed = frame.kind === "analysed" ? frame.captured_at : frame.analysed_at;
    this.analysedAt = analysed ? Date.parse(analysed) : null;
    this.redraw();
    this.root.dataset.frameId = String(frame.frame_id);
    if (isComing(this.root.dataset.state)) this.part("message").hidden = true;
    if (frame.kind !== "analysed") return;
    this.showPeople(frame.people_now);
    this.part("age").hidden = true;
  }

  redraw() {
    if (!this.canvas.clientWidth) return;
    sizeCanvas(this.canvas);
    if (this.shown) drawFrame(this.canvas, this.shown.picture, this.shown.frame, this.areas);
  }

  /** Draw where faces count, or no longer. @param {boolean} isShown */
  showAreas(isShown) {
    this.areas = isShown && this.camera ? this.camera : null;
    this.redraw();
  }

  /** Tell of a violation for some seconds. @param {"no_mask" | "incorrect_mask"} verdict */
  alarm(verdict) {
    this.root.dataset.alarm = verdict;
    showVerdict(this.part("alarm"), verdict);
    this.part("alarm").hidden = false;
    clearTimeout(this.alarmEnds);
    this.alarmEnds = setTimeout(() => {
      delete this.root.dataset.alarm;
      this.part("alarm").hidden = true;
    }, ALARM_MS);
  }

  /** @param {CameraStatistics} statistics */
  count(statistics) {
    this.health = statistics;
    this.part("people").hidden = statistics.state !== "live";
    if (statistics.state === "live") this.showPeople(statistics.people_now);
    const { rate } = statistics.today;
    const words = rate === null ? t("nobody judged yet") : t("{rate} today", { rate: sayPercent(rate) });
    sayTwice(this.part("rate"), "shield", words, sayPercent(rate));
  }

  /** @param {number} people */
  showPeople(people) {
    const words = people === 0 ? t("nobody now") : n("{n} person now", "{n} people now", people);
    sayTwice(this.part("people"), "people", words, sayCount(people));
    this.canvas.setAttribute("aria-label", n("Picture of {name}, {n} person now", "Picture of {name}, {n} people now", people, { name: this.camera?.name ?? "" }));
  }

  /**
   * Say how the camera does; called each second.
   * @param {number} now the server's clock, in milliseconds
   */
  showState(now) {
    const delay = this.delayAt(now);
    const told = this.health?.state ?? "connecting";
    // Pictures may come before the first word of how the camera does.
    const known = told === "connecting" && this.shown && delay <= DELAYED_S ? "live" : told;
    const isDelayed = known === "live" && delay > DELAYED_S;
    /** @type {CameraState | "delayed"} */
    const state = isDelayed ? "delayed" : known;
    const span = isDelayed ? saySpan(delay) : "";
    this.root.dataset.state = state;
    this.root.classList.toggle("is-stale", isDelayed && delay * 1000 > STALE_MS);
    this.part("state").dataset.state = state;
    sayTwice(this.part("state"), state, isDelayed ? t("Delayed by {span}", { span }) : STATE_WORDS[known], span);
    this.showMessage(state, now);
    this.showAge(now);
  }

  /** @param {number} now @returns {number} seconds since the newest picture, counted from when the tile came into view */
  delayAt(now) {
    if (!this.shown) return 0;
    return (now - Math.max(Date.parse(this.shown.frame.captured_at), this.seenSince)) / 1000;
  }

  /** @param {CameraState | "delayed"} state @param {number} now */
  showMessage(state, now) {
    this.part("message").hidden = isComing(state) && this.shown !== null;
    setIcon(this.part("message-icon"), isComing(state) ? "waiting" : state);
    say(this.part("message-title"), isComing(state) ? t("Waiting for the first picture") : STATE_WORDS[state]);
    const since = this.health?.since ? Date.parse(this.health.since) : null;
    const lost = state === "reconnecting" && since ? t("Lost at {moment}, {span} ago.", { moment: sayMoment(new Date(since)), span: saySpan((now - since) / 1000) }) : "";
    say(this.part("message-reason"), [hear(this.health?.reason ?? ""), lost].filter(Boolean).join("\n"));
  }

  /** @param {number} now */
  showAge(now) {
    const age = this.analysedAt === null ? null : (now - this.analysedAt) / 1000;
    const isPreview = this.shown?.frame.kind === "preview" && this.health?.state === "live";
    this.part("age").hidden = !isPreview || (age !== null && age < FRESH_S);
    say(this.part("age"), age === null ? t("not analysed yet") : t("last analysed {span} ago", { span: saySpan(age) }));
  }

  /**
   * Begin anew after a time in which nobody looked: it does not count as a delay.
   * @param {number} now the server's clock, in milliseconds
   */
  wake(now) {
    this.seenSince = now;
    if (!this.shown || now - Date.parse(this.shown.frame.captured_at) < STALE_MS) return;
    this.shown.picture.close();
    this.shown = null;
    this.canvas.width = 0;
    this.showState(now);
  }

  close() {
    this.waiting?.acknowledge();
    this.waiting = null;
    this.resizes.disconnect();
    clearTimeout(this.alarmEnds);
    this.shown?.picture.close();
    this.root.remove();
  }
}

/**
 * Write words, and the number that takes their place on a small tile.
 * @param {HTMLElement} element @param {string} icon @param {string} words @param {string} number
 */
function sayTwice(element, icon, words, number) {
  sayWithIcon(element, icon, words);
  const short = /** @type {HTMLElement | null} */ (element.querySelector(".tile-number")) ?? make("b", "", "tile-number");
  short.setAttribute("aria-hidden", "true");
  say(short, number);
  if (!short.isConnected) element.append(short);
}

/**
 * Say whether pictures come, be they late.
 * @param {string | undefined} state @returns {state is "live" | "delayed"}
 */
function isComing(state) {
  return state === "live" || state === "delayed";
}

/**
 * @param {WallCamera} camera
 * @returns {{ state: CameraState, reason: string, since: string | null }}
 */
function healthOf(camera) {
  if (camera.is_paused) return { state: "paused", reason: "", since: null };
  return camera.health ?? { state: "connecting", reason: "", since: null };
}

/**
 * @param {ArrayBuffer} jpeg
 * @returns {Promise<ImageBitmap | null>} null for a broken picture: the next one comes soon
 */
function decode(jpeg) {
  return createImageBitmap(new Blob([jpeg], { type: "image/jpeg" })).catch(() => null);
}

/** Wait for the browser's next paint; a hidden tab paints never, and need not wait. */
function nextPaint() {
  if (document.hidden) return Promise.resolve();
  return new Promise((resolve) => requestAnimationFrame(resolve));
}
