// Search the network for ONVIF cameras; sign in to one of them and choose its stream.

import { post, Problem } from "../api.js";
import { addCredentials, hidePassword } from "./source.js";
import { byId, icon, make, partsOf, say, sayWithIcon, stamp } from "../page.js";
import { sayCodec, sayTenths } from "../wording.js";
import { hear, n, t } from "../words.js";

/**
 * Bind the markup of camera_search.html.
 * @param {HTMLElement} root
 * @param {(stream: { url: string, shown: string }) => void} take is called with the stream chosen
 */
export function openSearch(root, take) {
  const start = /** @type {HTMLButtonElement} */ (byId("search-start"));
  const address = /** @type {HTMLInputElement} */ (byId("device-address"));
  start.addEventListener("click", () => void search(start, take));
  byId("device-ask").addEventListener("click", () => useAddress(address, take));
  root.addEventListener("keydown", (event) => {
    const field = /** @type {HTMLElement} */ (event.target);
    if (event.key !== "Enter" || field.tagName !== "INPUT") return;
    event.preventDefault();
    if (field === address) useAddress(address, take);
    else /** @type {HTMLElement | null} */ (field.closest(".device")?.querySelector("[data-part=ask]"))?.click();
  });
}

/** @param {HTMLButtonElement} start @param {(stream: { url: string, shown: string }) => void} take */
async function search(start, take) {
  start.disabled = true;
  byId("search-none").hidden = true;
  sayWithIcon(byId("search-said"), "connecting", t("Searching… cameras have four seconds to answer."));
  try {
    const { devices, error } = await post("cameras/search", {});
    byId("devices").replaceChildren(...devices.map((/** @type {FoundDevice} */ device) => rowOf(device, take)));
    byId("search-none").hidden = devices.length > 0 || error !== "";
    if (error) sayWithIcon(byId("search-said"), "warning", hear(error));
    else if (!devices.length) sayWithIcon(byId("search-said"), "info", t("No camera answered."));
    else sayWithIcon(byId("search-said"), "check", n("{n} camera answered.", "{n} cameras answered.", devices.length));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    sayWithIcon(byId("search-said"), "warning", error.message);
  } finally {
    start.disabled = false;
  }
}

/** @param {HTMLInputElement} field @param {(stream: { url: string, shown: string }) => void} take */
function useAddress(field, take) {
  const written = field.value.trim();
  if (!written) return field.focus();
  const address = /^https?:\/\//i.test(written) ? written : `http://${asHost(written)}/onvif/device_service`;
  byId("search-none").hidden = true;
  const row = rowOf({ name: written, model: "", address, host: "" }, take);
  byId("devices").prepend(row);
  open(row, true);
}

/** An IPv6 address stands in brackets. @param {string} written */
function asHost(written) {
  return /^[\da-f]*:[\da-f:.]*:[\da-f:.]*$/i.test(written) ? `[${written}]` : written;
}

/** @param {FoundDevice} device @param {(stream: { url: string, shown: string }) => void} take */
function rowOf(device, take) {
  const { root, part } = stamp("device-row");
  say(part("name"), [device.name, device.model].filter(Boolean).join(" · ") || device.host);
  say(part("host"), device.host);
  part("choose").addEventListener("click", () => open(root, part("sign-in").hidden));
  part("ask").addEventListener("click", () => void showStreams(device, root, take));
  return root;
}

/** @param {HTMLElement} row @param {boolean} isOpen */
function open(row, isOpen) {
  const part = partsOf(row);
  part("sign-in").hidden = !isOpen;
  part("choose").setAttribute("aria-expanded", String(isOpen));
  if (isOpen) part("user").focus();
}

/**
 * Ask a camera for its streams, with the user and password written at its row.
 * @param {FoundDevice} device @param {HTMLElement} row @param {(stream: { url: string, shown: string }) => void} take
 */
async function showStreams(device, row, take) {
  const part = partsOf(row);
  const [user, password] = ["user", "password"].map((name) => /** @type {HTMLInputElement} */ (part(name)).value);
  const ask = /** @type {HTMLButtonElement} */ (part("ask"));
  ask.disabled = true;
  part("error").replaceChildren();
  part("streams").replaceChildren();
  try {
    const { streams, error } = await post("cameras/streams", { address: device.address, user, password });
    if (error) return sayError(part("error"), hear(error));
    part("streams").append(...streams.map((/** @type {DeviceStream} */ stream) => streamOf(stream, () => {
      const url = addCredentials(stream.url, user, password);
      take({ url, shown: hidePassword(url) });
    })));
    part("streams").querySelector("button")?.focus();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    sayError(part("error"), error.message);
  } finally {
    ask.disabled = false;
  }
}

/** @param {DeviceStream} stream @param {() => void} use */
function streamOf({ name, url, width, height, frames_per_second, codec }, use) {
  const button = make("button", "", "stream");
  button.setAttribute("type", "button");
  const facts = [width && height ? `${width} × ${height}` : "", codec ? sayCodec(codec) : "", frames_per_second ? t("{n} a second", { n: sayTenths(frames_per_second) }) : ""];
  button.append(make("strong", name), make("span", facts.filter(Boolean).join(" · "), "soft"), make("code", url, "small"), icon("forward"));
  button.addEventListener("click", use);
  const item = make("li");
  item.append(button);
  return item;
}

/** @param {HTMLElement} box @param {string} words */
function sayError(box, words) {
  box.replaceChildren(icon("warning"), make("span", words));
}
