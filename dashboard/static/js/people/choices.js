// Lists of boxes to tick: sites, groups, people.

import { make } from "../page.js";

/**
 * @typedef {{ id: number, name: string, words?: string }} Choice
 */

/**
 * Offer them as boxes to tick.
 * @param {HTMLElement} place @param {string} name of the boxes @param {Choice[]} choices @param {number[]} [ticked] their ids
 */
export function offerChoices(place, name, choices, ticked = []) {
  place.replaceChildren(...choices.map((choice) => {
    const label = make("label", "", "choice");
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", name, value: String(choice.id), checked: ticked.includes(choice.id) });
    label.append(box, make("span", choice.name));
    if (choice.words) label.append(make("span", choice.words, "small soft"));
    return label;
  }));
}

/** @param {HTMLFormElement} form @param {string} name @returns {number[]} the ids that are ticked */
export function tickedIn(form, name) {
  return new FormData(form).getAll(name).map(Number);
}
