// Show the picture that is kept of a sighting, or say why there is none.

import { icon, make } from "../page.js";
import { t } from "../words.js";

/** What is kept from now on, and whether this person sees faces as they are. */
const { evidence, seesFaces } = document.querySelector("main [data-evidence]") instanceof HTMLElement
  ? /** @type {HTMLElement} */ (document.querySelector("main [data-evidence]")).dataset
  : { evidence: "blurred", seesFaces: "no" };

const GONE = t("The picture cannot be shown: it may have been erased.");

/**
 * Put the picture into a box, or an icon in its place.
 * @param {HTMLElement} box @param {Sighting} sighting @param {string} [words] what the picture shows; "" where the words stand beside it
 */
export function showFace(box, sighting, words = "") {
  box.replaceChildren();
  box.classList.toggle("is-empty", !sighting.has_picture);
  if (!sighting.has_picture) {
    box.append(icon("person"));
    return;
  }
  const picture = document.createElement("img");
  picture.loading = "lazy";
  picture.decoding = "async";
  picture.alt = words;
  picture.addEventListener("error", () => {
    box.classList.add("is-empty");
    box.replaceChildren(icon("warning"), make("span", GONE, "small"));
  });
  picture.src = `/api/v1/sightings/${sighting.id}/picture.jpg`;
  box.append(picture);
}

/** Show the same picture larger, without asking the server again. @param {HTMLElement} from @param {HTMLElement} to */
export function showAgain(from, to) {
  to.className = from.className;
  to.replaceChildren(...[...from.children].map((child) => {
    const copy = /** @type {Element} */ (child.cloneNode(true));
    copy.removeAttribute("loading");
    return copy;
  }));
}

/** @returns {string} why no picture is kept, and who can change that */
export function sayNoPicture() {
  if (evidence === "numbers") return t("No pictures are kept here: the evidence mode is “numbers only”.");
  return t("No picture of this one is kept: no face was clear enough, or its time is over.");
}

/** @param {{ is_sharp: boolean, is_shown_sharp: boolean }} picture @returns {string} how it is shown, and why */
export function sayPicture({ is_sharp, is_shown_sharp }) {
  if (is_shown_sharp) return t("Shown as it was taken, since you may see faces. That you looked is written into the audit.");
  if (is_sharp) return t("Kept sharp, and blurred for you: your account may not see faces. An administrator can allow it.");
  return t("Blurred before it was kept, and blurred for good. Masks can often be told, people cannot.");
}

/** @param {boolean} isSharp whether the picture is kept sharp @returns {string} why it cannot be explained; "" where it can */
export function sayNoExplanation(isSharp) {
  if (!isSharp) return t("Where the model looked cannot be shown on a blurred picture. The evidence mode “sharp” keeps pictures that can be explained.");
  if (seesFaces !== "yes") return t("An explanation shows the face, and your account may not see faces. An administrator can allow it.");
  return "";
}

/** @param {HTMLElement} box @param {string} words */
export function showReason(box, words) {
  box.replaceChildren(icon("info"), make("span", words));
}
