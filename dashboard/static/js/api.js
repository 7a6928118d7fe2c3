// Ask the server's REST API; a refusal becomes a Problem with words fit for the screen.

import { hear, t } from "./words.js";

const TOKEN = document.querySelector("meta[name=csrf-token]")?.getAttribute("content") ?? "";

/** What the server said no to, with the fields that it named. */
export class Problem extends Error {
  /** @param {number} status @param {string} message @param {Fault[]} faults */
  constructor(status, message, faults = []) {
    super(hear(message));
    this.status = status;
    this.faults = faults.map((fault) => ({ ...fault, expected: hear(fault.expected) }));
  }
}

/** @param {string} path below /api/v1/ @returns {Promise<any>} */
export function ask(path) {
  return request("GET", path);
}

/** @param {string} path @param {object} body @returns {Promise<any>} */
export function post(path, body) {
  return request("POST", path, body);
}

/** @param {string} path @param {object} body @returns {Promise<any>} */
export function patch(path, body) {
  return request("PATCH", path, body);
}

/** @param {string} path */
export function remove(path) {
  return request("DELETE", path);
}

/** @param {string} path of a picture @returns {Promise<Blob>} */
export async function askPicture(path) {
  return (await answerOf(path, { headers: { Accept: "image/*, application/problem+json" } })).blob();
}

/** @returns {Promise<Camera[]>} */
export async function listCameras() {
  return (await ask("cameras")).items;
}

/**
 * @param {string} method @param {string} path @param {object} [body]
 * @returns {Promise<any>} null where the answer is empty
 */
async function request(method, path, body) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json", "X-CSRFToken": TOKEN };
  if (body) headers["Content-Type"] = "application/json";
  const response = await answerOf(path, { method, headers, body: body && JSON.stringify(body) });
  return response.status === 204 ? null : response.json();
}

/** @param {string} path @param {RequestInit} options @returns {Promise<Response>} a good one */
async function answerOf(path, options) {
  const response = await reach(`/api/v1/${path}`, options);
  if (response.status === 401) leaveToSignIn();
  if (!response.ok) throw await readProblem(response);
  return response;
}

/** @param {string} address @param {RequestInit} options */
async function reach(address, options) {
  try {
    return await fetch(address, options);
  } catch {
    throw new Problem(0, t("The server cannot be reached. Nothing was lost; try again in a moment."));
  }
}

/** @param {Response} response @returns {Promise<Problem>} */
export async function readProblem(response) {
  try {
    const { detail, title, errors } = await response.json();
    return new Problem(response.status, detail || title, errors);
  } catch {
    return new Problem(response.status, t("The server answered with error {status}.", { status: String(response.status) }));
  }
}

/** A kiosk's own page asks for its token anew. */
function leaveToSignIn() {
  if (document.body.classList.contains("is-kiosk")) return location.reload();
  const here = location.pathname + location.search + location.hash;
  location.assign(`/sign-in?next=${encodeURIComponent(here)}`);
}
