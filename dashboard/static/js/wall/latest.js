// The latest sightings beside the wall.

import { ask } from "../api.js";
import { byId, partsOf, say, stamp } from "../page.js";
import { showVerdict } from "../verdicts.js";
import { showMoment } from "../wording.js";

const ROWS = 12;

/**
 * Rows that are there already stay: one of them may have the focus.
 * @param {(cameraId: number) => string} nameOf
 * @param {number | null} cameraId null: of all cameras
 */
export async function refreshLatest(nameOf, cameraId) {
  const filter = cameraId === null ? "" : `camera_id=${cameraId}`;
  /** @type {Page<Sighting>} */
  const { items } = await ask(`sightings?limit=${ROWS}&${filter}`);
  byId("latest-all").setAttribute("href", `/sightings${filter && `?${filter}`}`);
  byId("latest-empty").hidden = items.length > 0;
  const list = byId("latest");
  if (list.dataset.filter !== filter) list.replaceChildren();
  list.dataset.filter = filter;
  const rows = new Map([...list.children].map((row) => [/** @type {HTMLElement} */ (row).dataset.sightingId, /** @type {HTMLElement} */ (row)]));
  items.forEach((sighting, index) => {
    const row = rows.get(String(sighting.id)) ?? rowOf(sighting, nameOf(sighting.camera_id), filter, rows.size > 0);
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
    showMoment(partsOf(row)("time"), sighting.started_at);
  });
  while (list.childElementCount > items.length) list.lastElementChild?.remove();
}

/**
 * @param {Sighting} sighting @param {string} camera its name
 * @param {string} filter of the list that one goes through from there @param {boolean} isNew
 */
function rowOf(sighting, camera, filter, isNew) {
  const { root, part } = stamp("latest-row");
  root.dataset.sightingId = String(sighting.id);
  root.classList.toggle("is-new", isNew);
  part("link").setAttribute("href", `/sightings/${sighting.id}?${filter || "range=24h"}`);
  showVerdict(part("verdict"), sighting.verdict);
  say(part("camera"), camera);
  return root;
}
