// Where one was in the list, for when one comes back from a sighting; forgotten with the tab.

const KEY = "sightings-place";

/**
 * search: of the list's address; id: the chosen sighting; count: how many were shown; cursor: at
 * which the page with the chosen one begins, null for the first.
 * @typedef {{ search: string, id: number, count: number, cursor: string | null }} Place
 */

/** Keep it, and have this step of the browser's history know of it. @param {Place} place */
export function leavePlace(place) {
  if (!history.state?.hasPlace) history.replaceState({ hasPlace: true }, "");
  write(place);
}

/** One went on from sighting to sighting: to this one. @param {number} id */
export function movePlace(id) {
  const place = readPlace();
  if (place && place.id !== id) write({ ...place, id, count: place.count + 1 });
}

/** @param {string} search @returns {Place | null} null unless one comes back to the list */
export function recallPlace(search) {
  const isFromSighting = new URL(document.referrer || location.href).pathname.startsWith("/sightings/");
  const place = history.state?.hasPlace || isFromSighting ? readPlace() : null;
  return place?.search === search ? place : null;
}

/** @returns {Place | null} */
function readPlace() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

/** @param {Place} place */
function write(place) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(place));
  } catch {
    // Without storage one begins at the top again.
  }
}
