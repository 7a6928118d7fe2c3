// Single keys that do something, and the sheet (`?`) that tells of them; they can be switched off.

import { byId, make } from "./page.js";
import { recall, remember } from "./memory.js";
import { t } from "./words.js";

const PAUSE_MS = 1500;

/** @type {Readonly<Record<string, string>>} */
const NAMES = {
  ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Enter: "↵",
  Escape: t("Esc"), PageUp: t("Page up"), PageDown: t("Page down"), Shift: t("Shift"), " ": t("Space"),
};

/**
 * One action; keys: each of them does it, as KeyboardEvent.key names it; "g w" is g, then w.
 * Without act it is only told of. shown: what the sheet names instead, where that is shorter.
 * @typedef {{ keys: string[], shown?: string[], words: string, act?: (event: KeyboardEvent) => void }} Shortcut
 */

/** @type {{ title: string, shortcuts: Shortcut[] }[]} */
const groups = [];
let pressed = "";
let pressedAt = 0;

/**
 * Let keys do something on this page, and have the sheet tell of them.
 * @param {string} title @param {Shortcut[]} shortcuts
 */
export function offerKeys(title, shortcuts) {
  groups.push({ title, shortcuts });
}

/** Listen to the keys, and to what opens their sheet. */
export function startKeys() {
  const isOn = /** @type {HTMLInputElement} */ (byId("keys-on"));
  isOn.checked = areKeysOn();
  isOn.addEventListener("change", () => remember("keys", isOn.checked ? "on" : "off"));
  byId("keys-open").addEventListener("click", showSheet);
  addEventListener("keydown", press);
}

/**
 * Say whether a key is text for a field, or meant for the browser or for an open dialog.
 * @param {KeyboardEvent} event
 */
function isTyping(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  if (document.querySelector("dialog[open]")) return true;
  const field = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  return field instanceof Element && !(isLetter(event.key) && field.matches("[type=radio], [type=checkbox]"));
}

/** Say whether a key writes something that is seen. @param {string} key */
function isLetter(key) {
  return key.length === 1 && key !== " ";
}

function areKeysOn() {
  return recall("keys") !== "off";
}

/** @param {KeyboardEvent} event */
function press(event) {
  if (event.defaultPrevented || isTyping(event)) return;
  const { key } = event;
  if (key.length === 1 && !areKeysOn()) return;
  const isSecond = pressed !== "" && event.timeStamp - pressedAt < PAUSE_MS;
  const keys = isSecond ? `${pressed} ${key}` : key;
  const all = groups.flatMap((group) => group.shortcuts);
  const found = all.find((shortcut) => shortcut.act && shortcut.keys.includes(keys));
  const isFirst = all.some((shortcut) => shortcut.keys.some((one) => one.startsWith(`${key} `)));
  pressed = !found && isFirst ? key : "";
  pressedAt = event.timeStamp;
  if (!found?.act) return;
  event.preventDefault();
  found.act(event);
}

export function showSheet() {
  byId("keys-groups").replaceChildren(...groups.map(({ title, shortcuts }) => {
    const box = make("section");
    const list = make("dl", "", "keys-list");
    list.append(...shortcuts.map(rowOf));
    box.append(make("h3", title), list);
    return box;
  }));
  /** @type {HTMLDialogElement} */ (byId("keys")).showModal();
}

/** @param {Shortcut} shortcut */
function rowOf({ keys, shown = keys, words }) {
  const row = make("div");
  const names = make("dt");
  names.append(...shown.map((one) => {
    const box = make("span");
    box.append(...(one === " " ? [one] : one.split(" ")).map((key) => make("kbd", NAMES[key] ?? key)));
    return box;
  }));
  row.append(names, make("dd", words));
  return row;
}
