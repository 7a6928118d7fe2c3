// What every page has: the theme's switch, and no buttons that a viewer cannot use.

import { byId, obeyRole } from "./page.js";
import { remember } from "./memory.js";

const root = document.documentElement;

/** @returns {"light" | "dark"} the theme on the screen, chosen or the system's */
function themeShown() {
  const chosen = root.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

byId("theme-toggle").addEventListener("click", () => {
  const theme = themeShown() === "dark" ? "light" : "dark";
  root.dataset.theme = theme;
  remember("theme", theme);
  dispatchEvent(new Event("themechange"));
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => dispatchEvent(new Event("themechange")));
obeyRole(document.body);
