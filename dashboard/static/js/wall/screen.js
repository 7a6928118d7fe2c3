// The wall as the only thing on a screen: full screen, kept awake, with a clock.

import { byId, say, setIcon } from "../page.js";
import { sayClock } from "../wording.js";
import { t } from "../words.js";

const TICK_MS = 1000;

/** @param {() => void} onChange when the wall has another size */
export function startScreen(onChange) {
  const button = byId("full-screen");
  const isKiosk = document.body.classList.contains("is-kiosk");
  button.hidden = !document.fullscreenEnabled;

  function toggle() {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void document.documentElement.requestFullscreen().catch(() => null);
  }

  function follow() {
    const isFull = document.fullscreenElement !== null;
    document.body.classList.toggle("is-full", isFull);
    setIcon(button.querySelector("svg") ?? button, isFull ? "shrink" : "full");
    const words = isFull ? t("Leave full screen") : t("Full screen");
    button.title = words;
    say(/** @type {HTMLElement} */ (button.querySelector("span")), words);
    if (isFull || isKiosk) void stayAwake();
    else void lock?.release();
    onChange();
  }

  function tick() {
    if (!document.hidden) say(byId("clock"), sayClock(new Date()));
  }

  button.addEventListener("click", toggle);
  document.addEventListener("fullscreenchange", follow);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && (isKiosk || document.fullscreenElement)) void stayAwake(); });
  setInterval(tick, TICK_MS);
  tick();
  if (isKiosk) void stayAwake();
  return { toggle };
}

/** @type {WakeLockSentinel | null} */
let lock = null;

/** Ask the screen not to go dark; a browser that cannot, or may not, does what its system says. */
async function stayAwake() {
  if (lock?.released === false) return;
  lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
}
