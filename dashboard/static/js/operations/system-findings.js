// What is wrong, the worst first, with what to do.

import { byId, make, say, sayWithIcon } from "../page.js";
import { showRows } from "./rows.js";
import { hear, n, t } from "../words.js";

/** @param {SystemFinding[]} findings */
export function showFindings(findings) {
  byId("all-well").hidden = findings.length > 0;
  byId("findings").hidden = findings.length === 0;
  say(byId("system-summary"), sayHowMany(findings));
  showRows(byId("findings"), "finding", findings, (one) => one.title, (part, one, root) => {
    root.dataset.severity = one.severity;
    part("sign").dataset.tone = one.severity;
    sayWithIcon(part("sign"), one.severity === "bad" ? "no_mask" : "incorrect_mask", one.severity === "bad" ? t("Wrong") : t("To watch"));
    say(part("title"), sentence(one.title));
    sayWithCode(part("advice"), sentence(one.advice));
    const link = /** @type {HTMLAnchorElement} */ (part("link"));
    link.hidden = one.link === "" || (one.link === "/settings" && document.body.dataset.role !== "admin");
    link.href = one.link;
    link.setAttribute("aria-label", t("Look at it: {title}", { title: hear(one.title) }));
  });
}

/** @param {SystemFinding[]} findings */
function sayHowMany(findings) {
  const bad = findings.filter((one) => one.severity === "bad").length;
  const watch = findings.length - bad;
  if (!findings.length) return t("All is well");
  const parts = [];
  if (bad) parts.push(n("{n} thing is wrong", "{n} things are wrong", bad));
  if (watch) parts.push(n("{n} to watch", "{n} to watch", watch));
  return parts.join(" · ");
}

/** Begin as a sentence does. @param {string} text of the server */
function sentence(text) {
  const said = hear(text);
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** Write a text in which `backticks` hold what is typed. @param {HTMLElement} element @param {string} text */
function sayWithCode(element, text) {
  if (element.dataset.said === text) return;
  element.dataset.said = text;
  element.replaceChildren(...text.split("`").map((part, index) => (index % 2 ? make("code", part) : part)));
}
