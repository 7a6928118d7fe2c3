// Where the model looked on the kept face: drawn by a worker when somebody asks.

import { askPicture, Problem } from "../api.js";
import { sayNoExplanation } from "./faces.js";
import { byId, say } from "../page.js";
import { t } from "../words.js";

/** @param {SightingDetail} sighting */
export function offerExplanation({ id, picture }) {
  const button = /** @type {HTMLButtonElement} */ (byId("explain"));
  const why = picture ? sayNoExplanation(picture.is_sharp) : "";
  button.hidden = picture === null || why !== "";
  tell(why);
  button.addEventListener("click", () => void explain(id, button));
}

/** @param {number} id @param {HTMLButtonElement} button */
async function explain(id, button) {
  button.disabled = true;
  tell(t("A worker is drawing it; this may take some seconds."));
  try {
    const drawn = await createImageBitmap(await askPicture(`sightings/${id}/explanation.png`));
    const canvas = /** @type {HTMLCanvasElement} */ (byId("heat"));
    [canvas.width, canvas.height] = [drawn.width, drawn.height];
    canvas.getContext("2d")?.drawImage(drawn, 0, 0);
    byId("explanation").hidden = false;
    button.hidden = true;
    tell("");
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    tell(error.message);
    button.disabled = false;
  }
}

/** @param {string} words */
function tell(words) {
  byId("explain-words").hidden = words === "";
  say(byId("explain-words"), words);
}
