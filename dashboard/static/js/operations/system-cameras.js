// How late each camera's pictures are, and what became of every frame, as an account that balances.

import { byId, make, say, sayWithIcon } from "../page.js";
import { showRows } from "./rows.js";
import { sayLatency } from "./sizes.js";
import { sayCount, sayMoment, sayPercent } from "../wording.js";
import { hear, t } from "../words.js";

const LATE_S = 2;

/** @type {Readonly<Record<string, string>>} */
const STATES = { live: t("Live"), connecting: t("Connecting"), reconnecting: t("Reconnecting"), paused: t("Paused") };

/** What becomes of a frame, in the order of the account. @type {readonly [keyof FrameSums, string][]} */
const OUTCOMES = [
  ["analysed", t("Analysed")],
  ["unchanged", t("Nothing moved")],
  ["superseded", t("Replaced by a newer one")],
  ["expired", t("Too old")],
  ["lost", t("Lost with a worker")],
  ["failed", t("Not readable")],
  ["waiting", t("Waiting")],
  ["in_flight", t("In work")],
];

const choice = /** @type {HTMLSelectElement} */ (byId("account-camera"));
/** @type {System | null} */
let shown = null;

choice.addEventListener("change", () => { if (shown) showAccount(shown); });

/** @param {System} system */
export function showCameras(system) {
  shown = system;
  const { cameras } = system;
  byId("camera-table").hidden = cameras.length === 0;
  byId("account").hidden = cameras.length === 0;
  byId("no-cameras").hidden = cameras.length > 0;
  showRows(byId("camera-rows"), "camera-row", cameras, (one) => String(one.camera_id), fill);
  offerCameras(cameras);
  showAccount(system);
}

/** @param {(name: string) => HTMLElement} part @param {CameraSystem} one */
function fill(part, one) {
  say(part("name"), one.name);
  /** @type {HTMLAnchorElement} */ (part("name")).href = `/cameras/${one.camera_id}`;
  part("state").dataset.state = one.state;
  part("state").title = hear(one.reason);
  sayWithIcon(part("state"), one.state, STATES[one.state] ?? one.state);
  for (const name of /** @type {const} */ (["p50", "p95", "p99"])) {
    const seconds = one.latency[`${name}_s`];
    say(part(name), sayLatency(seconds));
    part(name).classList.toggle("is-late", seconds !== null && seconds > LATE_S);
  }
  say(part("captured"), sayCount(one.frames.captured));
  showBar(part("bar"), one.frames);
}

/** @param {HTMLElement} bar @param {FrameSums} frames */
function showBar(bar, frames) {
  if (!bar.childElementCount) bar.append(...OUTCOMES.map(([name]) => {
    const share = make("span");
    share.dataset.outcome = name;
    return share;
  }));
  OUTCOMES.forEach(([name], index) => {
    const share = frames.captured ? frames[name] / frames.captured : 0;
    /** @type {HTMLElement} */ (bar.children[index]).style.setProperty("--share", String(share));
  });
  const words = OUTCOMES.filter(([name]) => frames[name]).map(([name, word]) => `${word} ${sayPercent(frames[name] / frames.captured)}`);
  bar.setAttribute("aria-label", words.join(", ") || t("No frame yet"));
  bar.title = words.join(" · ");
}

/** @param {CameraSystem[]} cameras */
function offerCameras(cameras) {
  const options = [{ camera_id: "", name: t("All cameras") }, ...cameras];
  const names = options.map((one) => one.name).join("|");
  if (choice.dataset.names === names) return;
  const before = choice.value;
  choice.dataset.names = names;
  choice.replaceChildren(...options.map((one) => new Option(one.name, String(one.camera_id))));
  choice.value = options.some((one) => String(one.camera_id) === before) ? before : "";
}

/** @param {System} system */
function showAccount({ cameras, counted_since }) {
  const chosen = cameras.filter((one) => !choice.value || String(one.camera_id) === choice.value);
  const sums = sumFrames(chosen);
  const list = byId("account-sum");
  if (!list.childElementCount) list.append(...[["captured", t("Captured")], ...OUTCOMES].map(([name, word]) => entryOf(name, word)));
  [["captured"], ...OUTCOMES].forEach(([name], index) => {
    say(/** @type {HTMLElement} */ (list.children[index].lastElementChild), sayCount(sums[/** @type {keyof FrameSums} */ (name)]));
  });
  const isBalanced = chosen.every((one) => one.frames.is_balanced);
  byId("balance").dataset.balanced = String(isBalanced);
  sayWithIcon(byId("balance"), isBalanced ? "check" : "warning", isBalanced ? t("It balances: every frame is accounted for") : t("It does not balance"));
  say(byId("counted-since"), counted_since ? t("Counted since {when}.", { when: sayMoment(new Date(counted_since)) }) : "");
}

/** @param {string} name @param {string} word */
function entryOf(name, word) {
  const row = make("div");
  row.dataset.outcome = name;
  row.append(make("dt", word), make("dd", "0"));
  return row;
}

/** @param {CameraSystem[]} cameras @returns {FrameSums} */
function sumFrames(cameras) {
  const sum = (/** @type {keyof FrameSums} */ name) => cameras.reduce((total, one) => total + one.frames[name], 0);
  const entries = ["captured", ...OUTCOMES.map(([name]) => name)].map((name) => [name, sum(/** @type {keyof FrameSums} */ (name))]);
  return Object.fromEntries(entries);
}
