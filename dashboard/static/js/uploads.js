// Send files, and tell how much of them has left.

import { Problem, readProblem } from "./api.js";
import { t } from "./words.js";

/**
 * @param {string} path below /api/v1/ @param {FormData} form
 * @param {(share: number) => void} onProgress hears 0 to 1
 * @returns {{ done: Promise<any>, stop: () => void }} the answer; stopped, nothing is answered any more
 */
export function send(path, form, onProgress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? loaded / total : 0));
    request.addEventListener("error", () => reject(new Problem(0, t("The server cannot be reached. Nothing was lost; try again in a moment."))));
    request.addEventListener("load", async () => {
      const { status, responseText } = request;
      if (status < 300) resolve(responseText ? JSON.parse(responseText) : null);
      else reject(await readProblem(new Response(responseText, { status })));
    });
  });
  request.open("POST", `/api/v1/${path}`);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRFToken", document.querySelector("meta[name=csrf-token]")?.getAttribute("content") ?? "");
  request.send(form);
  return { done, stop: () => request.abort() };
}
