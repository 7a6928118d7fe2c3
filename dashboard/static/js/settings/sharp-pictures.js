// Sharp pictures that were kept before another evidence mode was chosen: blur them, or remove them.

import { post } from "../api.js";
import { attempt } from "../attempts.js";
import { showJob } from "./job-progress.js";
import { question } from "../messages.js";
import { byId, say } from "../page.js";
import { n, t } from "../words.js";

let count = 0;
/** @type {EvidenceMode} */
let mode = "blurred";
let isWorking = false;

/** @param {EvidenceMode} chosen @param {number} kept sharp pictures */
export function showSharpPictures(chosen, kept) {
  [mode, count] = [chosen, kept];
  if (isWorking) return;
  byId("sharp-left").hidden = kept === 0;
  byId("sharp-buttons").hidden = mode === "sharp";
  say(byId("sharp-words"), mode === "sharp"
    ? n("{n} sharp picture is kept now. To blur or remove it, first choose another way above.", "{n} sharp pictures are kept now. To blur or remove them, first choose another way above.", kept)
    : n("{n} sharp picture was kept before the change, and stays until its time is over. Blur it, or remove it now.", "{n} sharp pictures were kept before the change, and stay until their time is over. Blur them, or remove them now.", kept));
}

/** @param {() => Promise<void>} done is called once they are gone */
export function offerDesharpening(done) {
  byId("sharp-blur").addEventListener("click", () => attempt(() => desharpen("blur", done)));
  byId("sharp-remove").addEventListener("click", () => attempt(() => desharpen("remove", done)));
}

/** @param {"blur" | "remove"} way @param {() => Promise<void>} done */
async function desharpen(way, done) {
  const isBlur = way === "blur";
  say(byId("desharpen-title"), isBlur
    ? n("Blur {n} sharp picture for good?", "Blur {n} sharp pictures for good?", count)
    : n("Remove {n} sharp picture?", "Remove {n} sharp pictures?", count));
  say(byId("desharpen-go"), isBlur ? t("Blur for good") : t("Remove"));
  if (await question("desharpen-dialog") !== "go") return;
  const job = await post("sightings/desharpen", { sharp_pictures: way });
  isWorking = true;
  byId("sharp-buttons").hidden = true;
  await showJob(byId("sharp-job"), job);
  isWorking = false;
  await done();
  byId("sharp-left").hidden = false;
}
