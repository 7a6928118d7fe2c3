// Remember a viewer's choices in this browser; forgetting them is harmless.

/** @param {string} name @returns {string | null} null where nothing is remembered */
export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value */
export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Storage may be full or forbidden; the choice then lasts as long as the page.
  }
}
