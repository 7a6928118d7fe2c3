// Beside the list: the chosen sighting larger, with what to say of it.

import { sayNoPicture, showAgain, showReason } from "./faces.js";
import { byId, obeyRole, say } from "../page.js";
import { mayReview, reviewButtons, showChoice, showReview } from "./reviews.js";
import { likelihoodOf } from "./likelihood.js";
import { showVerdict } from "../verdicts.js";
import { saySpan, showMoment } from "../wording.js";
import { t } from "../words.js";

/** @typedef {import("./list.js").Shown} Shown */

export class Panel {
  /** @param {(label: import("./reviews.js").ReviewLabel) => void} choose @param {(id: number) => string} nameOf */
  constructor(choose, nameOf) {
    this.nameOf = nameOf;
    obeyRole(byId("panel"));
    if (mayReview) byId("panel-labels").append(...reviewButtons(choose));
  }

  /** @param {Shown | null} shown */
  show(shown) {
    byId("panel-empty").hidden = shown !== null;
    byId("panel-chosen").hidden = shown === null;
    if (!shown) return;
    const { sighting } = shown;
    showAgain(shown.face, byId("panel-face"));
    byId("panel-reason").hidden = sighting.has_picture;
    if (!sighting.has_picture) showReason(byId("panel-reason"), sayNoPicture());
    showVerdict(byId("panel-verdict"), sighting.verdict);
    say(byId("panel-camera"), this.nameOf(sighting.camera_id));
    showMoment(byId("panel-time"), sighting.started_at);
    const seconds = (Date.parse(sighting.ended_at) - Date.parse(sighting.started_at)) / 1000;
    say(byId("panel-facts"), t("in view for {span}", { span: saySpan(Math.max(1, seconds)) }));
    byId("panel-likelihood").replaceChildren(likelihoodOf(sighting.probabilities));
    byId("panel-open").setAttribute("href", shown.link.href);
    this.update(sighting);
  }

  /** Write what was said of it. @param {Sighting} sighting */
  update(sighting) {
    showReview(byId("panel-review"), sighting);
    if (mayReview) showChoice(byId("panel-labels"), sighting);
  }
}
