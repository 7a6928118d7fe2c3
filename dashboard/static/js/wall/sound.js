// The sound of a violation: two soft notes, off until somebody asks for it.

import { recall, remember } from "../memory.js";
import { toast } from "../messages.js";
import { byId, setIcon } from "../page.js";
import { t } from "../words.js";

/** Violations in a row ring once. */
const REST_MS = 4000;

/** A speaker that a browser lets sound has begun by then. */
const START_MS = 1000;

/** Pitch in hertz, and when it begins, in seconds. */
const NOTES = [[659, 0], [494, 0.18]];
const NOTE_S = 0.5;
const LOUDNESS = 0.22;

const UNTOUCHED = t("Click anywhere or press a key: until then violations make no sound");

/** Show the switch; `ring` sounds only while it is on. */
export function startSound() {
  const button = byId("sound-toggle");
  /** @type {AudioContext | null} */
  let speaker = null;
  let rangAt = -Infinity;
  let isOn = recall("sound") === "on";

  /** Whether a violation would be heard now. */
  function isHeard() {
    return isOn && speaker?.state === "running";
  }

  function show() {
    button.setAttribute("aria-pressed", String(isOn));
    const words = isOn ? UNTOUCHED : t("Sound on violations: off");
    button.title = isHeard() ? t("Sound on violations: on") : words;
    setIcon(button.querySelector("svg") ?? button, isHeard() ? "sound" : "silent");
  }

  /** Browsers let a page sound only after somebody has touched it. */
  function open() {
    speaker ??= new AudioContext();
    speaker.onstatechange = show;
    void speaker.resume();
  }

  function ring() {
    if (!speaker || !isHeard() || performance.now() - rangAt < REST_MS) return;
    rangAt = performance.now();
    for (const [pitch, at] of NOTES) playNote(speaker, pitch, at);
    button.dataset.rang = String(Number(button.dataset.rang ?? 0) + 1);
  }

  function toggle() {
    isOn = !isOn;
    remember("sound", isOn ? "on" : "off");
    show();
    if (!isOn) return toast(t("Violations make no sound"));
    open();
    rangAt = -Infinity;
    setTimeout(ring, 100);
    toast(t("A violation now sounds like this"));
  }

  button.addEventListener("click", toggle);
  if (isOn) addEventListener("pointerdown", open, { once: true });
  if (isOn) addEventListener("keydown", open, { once: true });
  if (isOn) open();
  if (isOn) setTimeout(() => { if (isOn && !isHeard()) toast(UNTOUCHED); }, START_MS);
  show();
  return { ring, toggle, isOn: () => isOn };
}

/** @param {AudioContext} speaker @param {number} pitch @param {number} at seconds from now */
function playNote(speaker, pitch, at) {
  const [tone, volume] = [speaker.createOscillator(), speaker.createGain()];
  const start = speaker.currentTime + at;
  tone.type = "sine";
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, start + NOTE_S);
  tone.connect(volume).connect(speaker.destination);
  tone.start(start);
  tone.stop(start + NOTE_S);
}
