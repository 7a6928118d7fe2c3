// Import a list of cameras: choose or write it, see what it would do, correct it, confirm.

import { Problem } from "../api.js";
import { lineOf, rowOfFault, rowOfItem, sumsOf } from "./import-preview.js";
import { byId, icon, make, sayWithIcon } from "../page.js";
import { send } from "../uploads.js";
import { n, t } from "../words.js";

/** A spreadsheet may write in the machine's own letters, or as "Unicode text". */
const ENCODINGS = ["utf-8", "windows-1252"];
const MARKED = { "255 254": "utf-16le", "254 255": "utf-16be" };
const EXAMPLES = {
  csv: "name,url,site,zone,frames_per_second\nNorth entrance,rtsp://user:password@192.168.1.20/stream1,Main building,Lobby,5\nCanteen,rtsp://user:password@192.168.1.21/stream1,Main building,,2.5\n",
  yaml: "cameras:\n- name: North entrance\n  url: rtsp://user:password@192.168.1.20/stream1\n  site: Main building\n  zone: Lobby\n  rules:\n    face_px_min: 24\n    schedule:\n    - {days: [monday, tuesday], from: 08:00, to: 18:00}\n",
};

const text = /** @type {HTMLTextAreaElement} */ (byId("list-text"));
const file = /** @type {HTMLInputElement} */ (byId("list-file"));
const check = /** @type {HTMLButtonElement} */ (byId("list-check"));
const confirm = /** @type {HTMLButtonElement} */ (byId("list-import"));

/** @returns {"csv" | "yaml"} */
function format() {
  return /** @type {HTMLInputElement} */ (byId("list-form").querySelector("[name=format]:checked")).value === "yaml" ? "yaml" : "csv";
}

/** @param {"csv" | "yaml"} chosen */
function chooseFormat(chosen) {
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (byId("list-format").querySelectorAll("input"))) input.checked = input.value === chosen;
}

/** @param {File} chosen */
async function take(chosen) {
  write(decode(await chosen.arrayBuffer()), /\.ya?ml$/i.test(chosen.name) ? "yaml" : "csv");
  await checkNow();
}

/** @param {ArrayBuffer} bytes */
function decode(bytes) {
  const mark = /** @type {keyof typeof MARKED} */ (new Uint8Array(bytes).slice(0, 2).join(" "));
  for (const encoding of mark in MARKED ? [MARKED[mark]] : ENCODINGS) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      continue;
    }
  }
  return "";
}

/** @param {string} words @param {"csv" | "yaml"} written */
function write(words, written) {
  text.value = words;
  chooseFormat(written);
  forget();
}

/** What was shown is not what stands there any more. */
function forget() {
  byId("preview").hidden = true;
  byId("list-error").hidden = true;
  byId("list-done").hidden = true;
  check.disabled = text.value.trim() === "";
}

/** @param {boolean} isDry @returns {Promise<CameraImport | null>} null where it was refused; that is said */
async function ask(isDry) {
  const form = new FormData();
  form.append("file", new Blob([text.value], { type: "text/plain" }), `cameras.${format()}`);
  form.append("format", format());
  form.append("dry_run", String(isDry));
  try {
    return await send("cameras/import", form, () => {}).done;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const words = error.status === 413 ? t("The list is too large: import it in parts.") : error.message;
    byId("list-error").replaceChildren(icon("warning"), make("span", words));
    byId("list-error").hidden = false;
    return null;
  }
}

async function checkNow() {
  forget();
  check.disabled = true;
  const asked = text.value;
  const found = await ask(true);
  check.disabled = text.value.trim() === "";
  if (found && asked === text.value) show(found);
}

/** @param {CameraImport} found */
function show({ items, faults }) {
  const told = [...faults].sort((a, b) => lineOf(a.line) - lineOf(b.line));
  const touched = items.filter(({ outcome }) => outcome !== "unchanged");
  byId("preview-sums").replaceChildren(...sumsOf(items, told.length));
  byId("preview-faults").hidden = told.length === 0;
  byId("faults").replaceChildren(...told.map((fault) => rowOfFault(fault, goToLine)));
  byId("preview-items").replaceChildren(...touched.map(rowOfItem));
  confirm.hidden = touched.length === 0;
  byId("preview-end-row").hidden = told.length > 0;
  sayWithIcon(confirm, "check", n("Import {n} camera", "Import {n} cameras", touched.length));
  byId("preview-end").textContent = touched.length ? t("Nothing is written before you confirm.") : t("All is so already: there is nothing to import.");
  byId("preview").hidden = false;
  byId("preview-title").focus({ preventScroll: true });
  byId("preview").scrollIntoView({ block: "nearest" });
}

/** Lead to a line of the list, and choose it. @param {number} line from 1 */
function goToLine(line) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[line - 1] ?? "").replace(/\r$/, "").length);
  text.scrollTop = (line - 3) * (text.scrollHeight / lines.length);
}

async function importNow() {
  confirm.disabled = true;
  const done = await ask(false);
  confirm.disabled = false;
  if (!done) return;
  const touched = done.items.filter(({ outcome }) => outcome !== "unchanged").length;
  text.value = "";
  file.value = "";
  forget();
  const link = /** @type {HTMLAnchorElement} */ (make("a", t("See how they do")));
  link.href = "/cameras";
  const words = make("span", n("{n} camera is imported.", "{n} cameras are imported.", touched));
  words.append(" ", link);
  byId("list-done").replaceChildren(icon("check"), words);
  byId("list-done").hidden = false;
}

byId("list-form").addEventListener("submit", (event) => {
  event.preventDefault();
  void checkNow();
});
text.addEventListener("input", forget);
byId("list-format").addEventListener("change", forget);
file.addEventListener("change", () => { if (file.files?.[0]) void take(file.files[0]); });
confirm.addEventListener("click", () => void importNow());
byId("list-example").addEventListener("click", () => {
  if (text.value.trim() && !Object.values(EXAMPLES).includes(text.value)) return text.focus();
  write(EXAMPLES[format()], format());
  text.focus();
});
const drop = byId("list-drop");
drop.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("is-over");
});
drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("is-over");
  const dropped = event.dataTransfer?.files[0];
  if (dropped) void take(dropped);
});
text.placeholder = EXAMPLES.csv;
forget();
