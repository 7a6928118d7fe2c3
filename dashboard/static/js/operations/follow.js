// Keep a page up to date by asking again and again, at rest while nobody looks.

import { Problem } from "../api.js";
import { byId, say } from "../page.js";
import { t } from "../words.js";

/**
 * Ask now and then again; a hidden page asks nothing, and at once when it is seen again.
 * Where the server is away the page says so, and goes on by itself.
 * @param {() => Promise<number>} refresh shows what is new, and says after how many milliseconds to ask again; 0 ends it
 * @param {string} awayId of a note whose <span> takes the words
 * @returns {() => Promise<void>} asks at once
 */
export function follow(refresh, awayId) {
  let timer = 0;
  const away = byId(awayId);
  const words = /** @type {HTMLElement} */ (away.querySelector("span"));
  const step = async () => {
    clearTimeout(timer);
    let pause = 5000;
    try {
      pause = await refresh();
      away.hidden = true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      say(words, t("{reason} What is shown may be old.", { reason: error.message }));
      away.hidden = false;
    }
    clearTimeout(timer);
    if (pause) timer = setTimeout(() => { if (!document.hidden) void step(); }, pause);
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) void step(); });
  void step();
  return step;
}
