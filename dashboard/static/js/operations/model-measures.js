// How a version did on labelled faces, as bars: by what the face wears, and by its size.

import { icon, make } from "../page.js";
import { WORDS } from "../verdicts.js";
import { sayCount, sayTenths } from "../wording.js";
import { t } from "../words.js";

/** @type {Readonly<Record<string, string>>} */
export const FIGURES = {
  macro_f1: t("Overall (macro-F1)"),
  accuracy: t("Told rightly"),
  calibration_error: t("Calibration error"),
  average_precision: t("Average precision"),
  recall: t("Found"),
  validation_macro_f1: t("Macro-F1 in training"),
  validation_accuracy: t("Told rightly in training"),
};

/** @param {number | null} share */
export function sayShare(share) {
  return share === null ? "–" : `${sayTenths(share * 100)} %`;
}

/** @param {{ from_px: number, to_px: number | null }} size */
export function saySize({ from_px, to_px }) {
  if (to_px === null) return t("{n} px and more", { n: from_px });
  return from_px ? t("{n} to {to} px", { n: from_px, to: to_px }) : t("under {n} px", { n: to_px });
}

/** Show the measurement that counts most: the first. @param {HTMLElement} box @param {ModelVersion} model */
export function showMeasures(box, model) {
  const said = JSON.stringify([model.measurements, model.figures]);
  if (box.dataset.said === said) return;
  box.dataset.said = said;
  const one = model.measurements[0];
  box.replaceChildren(...(one ? measuredParts(one, model.task) : unmeasuredParts(model)));
}

/** @param {Measurement} one @param {string} task */
function measuredParts(one, task) {
  const where = one.is_new_source ? t("On {n} faces from elsewhere", { n: one.faces }) : t("On {n} faces of sources that it learned from; such figures flatter", { n: one.faces });
  const columns = make("div", "", "measure-columns");
  if (one.labels.length) columns.append(group(t("Found of each"), one.labels.map(labelRow)));
  if (one.sizes.length) columns.append(group(task === "detector" ? t("Found, by size") : t("Told rightly, by size"), one.sizes.map((size) => barRow(saySize(size), size.share))));
  return [headline(one.figures), columns, make("p", where, "small soft measure-where")];
}

/** @param {ModelVersion} model */
function unmeasuredParts(model) {
  const words = Object.keys(model.figures).length ? t("Measured in training alone; how it does elsewhere is not known.") : t("Its manifest tells no figures.");
  return [headline(model.figures), make("p", words, "small soft measure-where")];
}

/** @param {Record<string, number>} figures */
function headline(figures) {
  const list = make("dl", "", "headline");
  list.append(...Object.entries(figures).map(([name, value]) => {
    const row = make("div");
    row.append(make("dt", FIGURES[name] ?? name), make("dd", sayShare(value)));
    return row;
  }));
  return list;
}

/** @param {string} title @param {HTMLElement[]} rows */
function group(title, rows) {
  const box = make("div", "", "measure-group");
  const list = make("ul");
  list.append(...rows);
  box.append(make("h4", title, "small soft"), list);
  return box;
}

/** @param {Measurement["labels"][number]} measure */
function labelRow({ label, recall, faces }) {
  const row = barRow(WORDS[/** @type {Label} */ (label)] ?? label, recall);
  row.dataset.verdict = label;
  row.title = t("of {n} faces", { n: sayCount(faces) });
  row.firstElementChild?.prepend(icon(label));
  return row;
}

/** @param {string} name @param {number | null} share */
function barRow(name, share) {
  const row = make("li", "", "measure");
  const bar = make("span", "", "share-bar");
  bar.style.setProperty("--share", String(share ?? 0));
  row.append(make("span", name, "measure-name"), bar, make("span", sayShare(share), "measure-share"));
  return row;
}
