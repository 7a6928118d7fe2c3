// Names of browsers, which the server says in English.

import { hear, t } from "../words.js";

/** @param {string} name such as "Firefox on Linux" */
export function nameBrowser(name) {
  const [browser, system] = name.split(" on ");
  return system ? t("{browser} on {system}", { browser, system }) : hear(name);
}
