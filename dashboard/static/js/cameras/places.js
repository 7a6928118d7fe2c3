// Where cameras hang: the sites and zones known so far, offered as one writes.

import { byId, make } from "../page.js";

/** @param {Camera[]} cameras */
export function suggestPlaces(cameras) {
  for (const place of /** @type {const} */ (["site", "zone"])) {
    const known = new Set(cameras.map((camera) => camera[place]).filter(Boolean));
    byId(`${place}s`).append(...[...known].map((name) => Object.assign(make("option"), { value: name })));
  }
}
