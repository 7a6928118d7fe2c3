// The latest sightings beside the wall.

import { ask } from "../api.js";
import { byId, say, stamp } from "../page.js";
import { showVerdict } from "../verdicts.js";
import { showMoment } from "../wording.js";

const ROWS = 12;

/**
 * @param {(cameraId: number) => string} nameOf
 * @param {number | null} cameraId null: of all cameras
 */
export async function refreshLatest(nameOf, cameraId) {
  const filter = cameraId === null ? "" : `&camera_id=${cameraId}`;
  /** @type {Page<Sighting>} */
  const page = await ask(`sightings?limit=${ROWS}${filter}`);
  const list = byId("latest");
  if (list.dataset.filter !== filter) list.replaceChildren();
  list.dataset.filter = filter;
  const known = new Set([...list.children].map((row) => /** @type {HTMLElement} */ (row).dataset.sightingId));
  const isFirst = known.size === 0;
  list.replaceChildren(...page.items.map((sighting) => {
    const row = rowOf(sighting, nameOf(sighting.camera_id));
    row.classList.toggle("is-new", !isFirst && !known.has(String(sighting.id)));
    return row;
  }));
  byId("latest-empty").hidden = page.items.length > 0;
}

/** @param {Sighting} sighting @param {string} camera */
function rowOf(sighting, camera) {
  const { root, part } = stamp("latest-row");
  root.dataset.sightingId = String(sighting.id);
  showVerdict(part("verdict"), sighting.verdict);
  say(part("camera"), camera);
  showMoment(part("time"), sighting.started_at);
  return root;
}
