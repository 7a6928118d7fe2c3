// One row of the list of cameras: its picture, how it does, what to do about it.

import { CONDITION_ICONS, CONDITION_WORDS, isIll } from "./conditions.js";
import { showPause } from "./pause.js";
import { drawFrames, sayAge, sayFrames, sayLastError, sayLatencies, sayReconnects, saySeconds } from "./camera-words.js";
import { say, sayWithIcon, stamp } from "../page.js";
import { saySpan, sayStream } from "../wording.js";
import { hear, t } from "../words.js";

/** @typedef {import("./conditions.js").Known} Known */

export class CameraRow {
  /** @param {number} id @param {(row: CameraRow) => void} onPause */
  constructor(id, onPause) {
    const { root, part } = stamp("camera-row");
    this.root = root;
    this.part = part;
    this.isOperated = root.querySelector(".camera-buttons") !== null;
    if (!this.isOperated) return;
    /** @type {HTMLAnchorElement} */ (part("edit")).href = `/cameras/${id}`;
    part("pause").addEventListener("click", () => onPause(this));
  }

  /** @param {Known} known */
  show(known) {
    const { camera, condition, now } = known;
    this.known = known;
    this.root.dataset.condition = condition;
    say(this.part("name"), camera.name);
    say(this.part("place"), [camera.site, camera.zone].filter(Boolean).join(" · ") || camera.url);
    this.part("place").title = camera.url;
    this.part("condition").dataset.condition = condition;
    sayWithIcon(this.part("condition"), CONDITION_ICONS[condition], CONDITION_WORDS[condition]);
    say(this.part("age"), sayState(known));
    this.showReason(known);
    this.showThumb(known);
    if (!this.isOperated || !now) return;
    showPause(this.part("pause"), camera);
    this.part("edit").setAttribute("aria-label", t("Edit {name}", { name: camera.name }));
    this.showFigures(now);
  }

  /** @param {CameraCondition} now */
  showFigures(now) {
    drawFrames(this.part("bar"), now.frames);
    say(this.part("frames"), sayFrames(now.frames));
    say(this.part("p95"), saySeconds(now.latency.p95_s));
    say(this.part("latencies"), now.latency.frames ? sayLatencies(now.latency) : t("nothing measured now"));
    say(this.part("reconnects"), sayReconnects(now));
  }

  /** Say what is wrong and what to do; of a camera that is well, why it was lost the last time. @param {Known} known */
  showReason({ camera, condition, now }) {
    const reason = now?.reason ?? (condition === "lost" ? camera.health?.reason ?? "" : "");
    const words = isIll(condition) ? hear(reason) || t("The camera does not answer.") : now ? sayLastError(now) : "";
    this.part("reason").hidden = !words;
    this.part("reason").classList.toggle("is-past", !isIll(condition));
    sayWithIcon(this.part("reason"), isIll(condition) ? "warning" : "info", words);
  }

  /** Show one picture of a camera that delivers; a fresh one comes with the next visit. @param {Known} known */
  showThumb({ camera }) {
    const image = /** @type {HTMLImageElement} */ (this.part("thumb"));
    if (camera.is_paused || camera.health?.state !== "live" || image.src) return;
    image.addEventListener("load", () => { image.hidden = false; });
    image.addEventListener("error", () => image.removeAttribute("src"), { once: true });
    image.src = `/api/v1/cameras/${camera.id}/snapshot.jpg`;
  }
}

/** @param {Known} known @returns {string} how old its picture is, or what it delivers */
function sayState({ camera, condition, now }) {
  if (condition === "paused") return t("not being watched");
  if (now) return sayAge(now.last_frame_at);
  if (!camera.health) return "";
  return condition === "good" ? sayStream(camera.health) : t("for {span}", { span: saySpan((Date.now() - Date.parse(camera.health.since)) / 1000) });
}
