// What every page has: menus, keys, the theme's switch, and no buttons that a viewer cannot use.

import { patch, Problem } from "./api.js";
import { offerKeys, showSheet, startKeys } from "./keys.js";
import { startMenus } from "./menus.js";
import { toast } from "./messages.js";
import { byId, obeyRole } from "./page.js";
import { t } from "./words.js";

const root = document.documentElement;

/** @returns {"light" | "dark"} the theme on the screen, chosen or the system's */
function themeShown() {
  const chosen = root.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Change it on the screen at once; the account keeps it for all browsers. */
async function changeTheme() {
  const theme = themeShown() === "dark" ? "light" : "dark";
  root.dataset.theme = theme;
  dispatchEvent(new Event("themechange"));
  try {
    await patch("account", { theme });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    toast(error.message);
  }
}

/** Each page of the navigation by its own letter, after g. */
function keysOfPages() {
  const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a[data-key]"));
  return [...links].map((link) => ({
    keys: [`g ${link.dataset.key}`],
    words: t("Go to: {page}", { page: link.textContent?.trim() ?? "" }),
    act: () => location.assign(link.href),
  }));
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => dispatchEvent(new Event("themechange")));
if (document.getElementById("theme-toggle")) {
  byId("theme-toggle").addEventListener("click", changeTheme);
  offerKeys(t("On every page"), [{ keys: ["?"], words: t("Show this list"), act: showSheet }, ...keysOfPages()]);
  startMenus();
  startKeys();
}
obeyRole(document.body);
