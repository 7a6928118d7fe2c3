// The first step: by which way a camera's video is found, and its address.

import { focusField, showFieldError } from "../fields.js";
import { byId, say } from "../page.js";
import { t } from "../words.js";

/** @typedef {"address" | "network" | "webcam" | "file"} Way */

/** @type {Record<Exclude<Way, "network">, { label: string, hint: string, sample: string, missing: string }>} */
const WAYS = {
  address: { label: t("Address"), hint: t("As the camera's manual names it, with user and password."), sample: "rtsp://user:password@192.168.1.20/stream1", missing: t("Give the camera's address.") },
  webcam: { label: t("Number of the webcam"), hint: t("0 is the first one, /dev/video0."), sample: "0", missing: t("Give the webcam's number.") },
  file: { label: t("Name of the file"), hint: t("It is played over and over, as if it were live."), sample: "entrance.mp4", missing: t("Give the file's name.") },
};

/**
 * Bind the choice of ways.
 * @param {HTMLFormElement} form
 * @param {() => void} goOn is called when a stream was taken from the network
 */
export function openSources(form, goOn) {
  const field = /** @type {HTMLInputElement} */ (byId("url"));
  /** What was written by each way: changing one's mind loses nothing. @type {Partial<Record<Way, string>>} */
  const written = { webcam: "0" };
  /** @type {{ url: string, shown: string } | null} */
  let taken = null;
  /** @type {Way} */
  let way = "address";

  const radios = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("[name=way]")]);

  /** @param {Way} to */
  function choose(to) {
    written[way] = field.value;
    way = to;
    for (const radio of radios) radio.checked = radio.value === to;
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-way]"))) part.hidden = !part.dataset.way?.split(" ").includes(to);
    if (to !== "network") describe(WAYS[to]);
    field.value = written[to] ?? "";
    showTransport();
  }

  /** @param {typeof WAYS["file"]} words */
  function describe({ label, hint, sample }) {
    say(byId("url-label"), label);
    say(byId("url-hint"), hint);
    field.placeholder = sample;
  }

  /** Only RTSP knows transports. */
  function showTransport() {
    byId("transport-field").hidden = way === "network" || !/^rtsps?:/i.test(field.value.trim());
  }

  function read() {
    if (way === "network") return taken ?? { url: "", shown: "" };
    const url = field.value.trim();
    return { url, shown: hidePassword(url) };
  }

  for (const radio of radios) radio.addEventListener("change", () => choose(/** @type {Way} */ (radio.value)));
  field.addEventListener("input", showTransport);
  choose("address");

  return {
    read,
    choose,
    /** Take a stream of a camera that was found. @param {{ url: string, shown: string }} stream */
    take(stream) {
      taken = stream;
      goOn();
    },
    focus() {
      (way === "network" ? byId("search-start") : field).focus({ preventScroll: true });
    },
    /** @returns {boolean} whether there is an address; what is missing is said */
    check() {
      if (way === "network") {
        if (!taken) say(byId("search-said"), t("Search, choose a camera and one of its streams."));
        return taken !== null;
      }
      const { url } = read();
      const fault = !url ? WAYS[way].missing : way === "address" && isBare(url) ? sayHowToComplete(url) : "";
      if (!fault) return true;
      showFieldError(form, "url", fault);
      focusField(form, "url");
      return false;
    },
  };
}

/** Whether an address lacks its beginning, so that the server would take it for a file. @param {string} address */
function isBare(address) {
  return !/^(\w+:\/\/|demo:|file:)/i.test(address) && /[.:]/.test(address) && !/\.(mp4|mkv|avi|mov|m4v|webm|ts)$/i.test(address);
}

/** @param {string} written */
function sayHowToComplete(written) {
  const host = written.replace(/^.*@/, "").split("/")[0];
  const words = [t("The address of a stream begins with rtsp:// or http://, such as rtsp://{host}/stream1.", { host })];
  if (document.querySelector("[name=way][value=network]")) words.push(t("“Search the network” asks {host} for it.", { host }));
  return words.join(" ");
}

/** Show an address without its password. @param {string} url */
export function hidePassword(url) {
  return url.replace(/^(\w+:\/\/[^:@/]*):.*@/, "$1:…@");
}

/** Write user and password into an address. @param {string} url @param {string} user @param {string} password */
export function addCredentials(url, user, password) {
  if (!user) return url;
  return url.replace(/^(\w+:\/\/)(?:[^@/]*@)?/, `$1${encodeURIComponent(user)}:${encodeURIComponent(password)}@`);
}
