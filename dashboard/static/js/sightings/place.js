// Where one was in the list, for when one comes back from a sighting; forgotten with the tab.

const KEY = "sightings-place";

/** @param {string} search of the list's address @param {number} id @param {number} count how many were shown */
export function rememberPlace(search, id, count) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ search, id, count }));
  } catch {
    // Without storage one begins at the top again.
  }
}

/** @param {string} search @returns {{ id: number, count: number } | null} null unless one comes from a sighting */
export function recallPlace(search) {
  if (!new URL(document.referrer || location.href).pathname.startsWith("/sightings/")) return null;
  try {
    const place = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return place?.search === search ? place : null;
  } catch {
    return null;
  }
}
