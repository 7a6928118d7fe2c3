// The newest picture of a camera, in the place of its check.

import { askPicture } from "../api.js";
import { byId } from "../page.js";

/** Show it unless a check has begun meanwhile; a camera that delivers none changes nothing. @param {number} id */
export async function showNewest(id) {
  const picture = await askPicture(`cameras/${id}/snapshot.jpg`).then(createImageBitmap).catch(() => null);
  const box = byId("check-picture");
  if (!picture || box.dataset.state !== "idle") return;
  const canvas = /** @type {HTMLCanvasElement} */ (byId("check-canvas"));
  [canvas.width, canvas.height] = [picture.width, picture.height];
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
  picture.close();
  box.dataset.state = "good";
  canvas.hidden = false;
  byId("check-words").hidden = true;
}
