// Two versions beside each other, by what both were measured on; the choice stands in the address.

import { byId, make } from "../page.js";
import { FIGURES, sayShare, saySize } from "./model-measures.js";
import { WORDS } from "../verdicts.js";
import { LOCALE, t } from "../words.js";

const POINTS = new Intl.NumberFormat(LOCALE, { signDisplay: "exceptZero", maximumFractionDigits: 1, minimumFractionDigits: 1 });
const selects = /** @type {HTMLSelectElement[]} */ ([byId("compare-a"), byId("compare-b")]);
/** @type {ModelVersion[]} */
let models = [];

/** @typedef {[string, number | null]} Measured what, and how much */

export function startComparing() {
  for (const select of selects) select.addEventListener("change", () => {
    const [a, b] = selects.map((one) => one.value);
    history.replaceState(null, "", `?a=${a}&b=${b}`);
    draw();
  });
}

/** @param {ModelVersion[]} fresh */
export function compare(fresh) {
  models = fresh;
  byId("compare").hidden = comparable().length < 2;
  if (byId("compare").hidden) return;
  offer();
  draw();
}

/** Those of the classifier, the active one first: detectors have other figures. */
function comparable() {
  return models.filter((one) => one.task === "classifier").toSorted((one, other) => Number(other.is_active) - Number(one.is_active));
}

function offer() {
  const choices = comparable();
  const names = choices.map((one) => one.version).join("|");
  if (byId("compare").dataset.names === names) return;
  byId("compare").dataset.names = names;
  const address = new URLSearchParams(location.search);
  const defaults = [choices.slice(1).find((one) => pairUp(choices[0], one).length) ?? choices[1], choices[0]];
  selects.forEach((select, index) => {
    const wanted = select.value || (address.get(index ? "b" : "a") ?? "");
    select.replaceChildren(...choices.map((one) => new Option(one.is_active ? t("{name} (active)", { name: one.version }) : one.version, String(one.id))));
    select.value = choices.some((one) => String(one.id) === wanted) ? wanted : String(defaults[index].id);
  });
}

function draw() {
  const [a, b] = selects.map((select) => models.find((one) => String(one.id) === select.value));
  if (!a || !b) return;
  const said = JSON.stringify([a, b]);
  if (byId("comparison").dataset.said === said) return;
  byId("comparison").dataset.said = said;
  const pairs = pairUp(a, b);
  byId("no-comparison").hidden = pairs.length > 0;
  byId("comparison").replaceChildren(...pairs.map(([one, other]) => tableOf(one, other)));
}

/** Find what both were measured on. @param {ModelVersion} a @param {ModelVersion} b */
function pairUp(a, b) {
  return a.measurements.flatMap((one) => {
    const other = b.measurements.find((candidate) => candidate.data === one.data);
    return other ? [/** @type {[Measurement, Measurement]} */ ([one, other])] : [];
  });
}

/** @param {Measurement} one @param {Measurement} other */
function tableOf(one, other) {
  const table = make("table", "", "figure-table measure-table");
  const caption = make("caption", one.is_new_source ? t("On faces from elsewhere") : t("On faces of sources that they learned from"));
  caption.append(make("span", t("{data}, {n} faces", { data: one.data, n: one.faces }), "small soft"));
  const head = make("tr");
  head.append(...[t("Measured"), t("This"), t("That"), t("Points")].map((words, index) => {
    const cell = make("th", words, index ? "is-number" : "");
    cell.setAttribute("scope", "col");
    return cell;
  }));
  const thead = make("thead");
  const body = make("tbody");
  thead.append(head);
  const others = new Map(linesOf(other));
  body.append(...linesOf(one).filter(([name]) => others.has(name)).map(([name, value]) => lineRow(name, value, others.get(name) ?? null)));
  table.append(caption, thead, body);
  return table;
}

/** Spell a measurement out, line by line. @param {Measurement} one @returns {Measured[]} */
function linesOf(one) {
  return [
    ...Object.entries(one.figures).map(([name, value]) => /** @type {Measured} */ ([FIGURES[name] ?? name, value])),
    ...one.labels.map(({ label, recall }) => /** @type {Measured} */ ([t("{label}: found", { label: WORDS[/** @type {Label} */ (label)] ?? label }), recall])),
    ...one.labels.map(({ label, precision }) => /** @type {Measured} */ ([t("{label}: right when said", { label: WORDS[/** @type {Label} */ (label)] ?? label }), precision])),
    ...one.sizes.map((size) => /** @type {Measured} */ ([t("Faces of {size}", { size: saySize(size) }), size.share])),
  ];
}

/** @param {string} name @param {number | null} a @param {number | null} b */
function lineRow(name, a, b) {
  const row = make("tr");
  const head = make("th", name);
  head.setAttribute("scope", "row");
  const difference = a === null || b === null ? null : (a - b) * 100;
  const cell = make("td", difference === null ? "–" : POINTS.format(difference), "is-number");
  // A calibration error is better when it is smaller.
  const gain = name === FIGURES.calibration_error ? -(difference ?? 0) : difference ?? 0;
  if (Math.abs(gain) >= 0.05) cell.dataset.gain = gain > 0 ? "better" : "worse";
  row.append(head, make("td", sayShare(a), "is-number"), make("td", sayShare(b), "is-number"), cell);
  return row;
}
