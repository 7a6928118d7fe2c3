// Small stacked bars: shares of one whole, in the colours of the verdicts.

import { make } from "../page.js";

/**
 * Put the parts into a bar; each is as large as its share of `most`.
 * @param {HTMLElement} bar @param {readonly Verdict[]} names @param {(name: Verdict) => number} valueOf @param {number} most above 0
 */
export function fillStack(bar, names, valueOf, most) {
  bar.append(...names.map((name) => {
    const part = make("span");
    part.dataset.verdict = name;
    part.style.setProperty("--share", String(valueOf(name) / most));
    return part;
  }));
}
