// What a list of cameras would do, line by line: sums, faults, changes.

import { icon, make, say, sayWithIcon, stamp } from "../page.js";
import { sayCount } from "../wording.js";
import { hear, t } from "../words.js";

/** @type {Readonly<Record<string, string>>} */
const FIELDS = {
  name: t("Name"),
  url: t("Address"),
  transport: t("Transport"),
  site: t("Site"),
  zone: t("Zone"),
  is_paused: t("Paused"),
  frames_per_second: t("Analysis rate"),
  long_side: t("Long side"),
  rules: t("Rules"),
};

const OUTCOMES = {
  added: { word: t("New"), sign: "add", tone: "good" },
  changed: { word: t("Changed"), sign: "edit", tone: "accent" },
  unchanged: { word: t("Unchanged"), sign: "mask", tone: "" },
  refused: { word: t("Refused"), sign: "warning", tone: "bad" },
};

/** @param {string} place such as "line 4" @returns {number} 0 where it is no line */
export function lineOf(place) {
  return Number(/^line (\d+)$/.exec(place)?.[1] ?? 0);
}

/** @param {ImportedCamera[]} items @param {number} refused */
export function sumsOf(items, refused) {
  const count = (/** @type {string} */ outcome) => items.filter((one) => one.outcome === outcome).length;
  const sums = /** @type {const} */ (["added", "changed", "unchanged"]).map((outcome) => ({ outcome, many: count(outcome) }));
  return [...sums, { outcome: /** @type {const} */ ("refused"), many: refused }].filter(({ many }) => many > 0).map(({ outcome, many }) => {
    const item = make("li", "", "chip");
    item.dataset.tone = OUTCOMES[outcome].tone;
    item.append(icon(OUTCOMES[outcome].sign), make("strong", sayCount(many)), make("span", OUTCOMES[outcome].word));
    return item;
  });
}

/** @param {{ line: string, field: string, message: string }} fault @param {(line: number) => void} onGo */
export function rowOfFault({ line, field, message }, onGo) {
  const { root, part } = stamp("fault-row");
  const number = lineOf(line);
  /** @type {HTMLButtonElement} */ (part("line")).disabled = number === 0;
  say(part("line"), number ? t("Line {n}", { n: number }) : t("The list"));
  say(part("field"), FIELDS[field] ?? field);
  say(part("message"), hear(message));
  part("line").addEventListener("click", () => onGo(number));
  return root;
}

/** @param {ImportedCamera} camera */
export function rowOfItem({ line, name, outcome, changes }) {
  const { root, part } = stamp("item-row");
  part("outcome").dataset.tone = OUTCOMES[outcome].tone;
  sayWithIcon(part("outcome"), OUTCOMES[outcome].sign, OUTCOMES[outcome].word);
  say(part("name"), name);
  say(part("line"), t("Line {n}", { n: lineOf(line) }));
  part("changes").append(...changes.filter(({ field }) => field !== "name" || outcome === "changed").map((change) => {
    const row = make("div");
    row.append(make("dt", FIELDS[change.field] ?? change.field), sayChange(change));
    return row;
  }));
  return root;
}

/** @param {ImportedCamera["changes"][number]} change */
function sayChange({ field, before, after }) {
  const box = make("dd");
  if (field === "rules") box.append(before === null ? t("as written") : t("new ones"));
  else if (before === null) box.append(after);
  else if (before === after) box.append(t("a new password"));
  else box.append(make("del", before || t("none")), " → ", make("ins", after || t("none")));
  return box;
}
