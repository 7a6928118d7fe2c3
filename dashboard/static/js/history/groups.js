// Cameras, sites and zones side by side: each rate as a mark within its interval.

import { addressOf } from "../history-range.js";
import { isScarce, sayShortChange } from "./history-words.js";
import { byId, say, stamp } from "../page.js";
import { peopleIn } from "../verdicts.js";
import { n, t } from "../words.js";
import { sayPercent, sayRate } from "../wording.js";

/** @typedef {import("../history-range.js").View} View */
/** @typedef {"rate" | "people" | "name"} Order */

export class Comparison {
  /** @param {(view: View) => void} onChoose called with the view of the row that was chosen */
  constructor(onChoose) {
    this.onChoose = onChoose;
    /** @type {ComplianceGroup[]} */
    this.groups = [];
    /** @type {Map<string, ComplianceGroup>} */
    this.before = new Map();
    byId("groups-order").addEventListener("change", () => this.draw());
  }

  /**
   * @param {ComplianceGroup[]} groups @param {ComplianceGroup[]} before those of the time before
   * @param {View} view
   */
  show(groups, before, view) {
    this.groups = groups;
    this.before = new Map(before.map((group) => [keyOf(group), group]));
    this.view = view;
    this.draw();
  }

  /** Draw a line through all rows. @param {number | null} rate of all together */
  compareWith(rate) {
    byId("groups").style.setProperty("--all", String(rate ?? 0));
    byId("groups").classList.toggle("has-line", rate !== null);
  }

  draw() {
    const order = /** @type {HTMLSelectElement} */ (byId("groups-order")).value;
    const sorted = sortGroups(this.groups, order === "people" || order === "name" ? order : "rate");
    byId("groups").replaceChildren(...sorted.map((group) => this.row(group)));
    byId("groups-empty").hidden = sorted.length > 0;
  }

  /** @param {ComplianceGroup} group */
  row(group) {
    const { root, part } = stamp("group-row");
    const people = peopleIn(group);
    this.link(part("name"), group);
    const bar = part("bar");
    bar.hidden = !group.interval;
    if (group.interval) {
      bar.style.setProperty("--lower", String(group.interval.lower));
      bar.style.setProperty("--upper", String(group.interval.upper));
      bar.style.setProperty("--rate", String(group.rate));
    }
    root.classList.toggle("is-scarce", isScarce(group));
    say(part("rate"), group.interval ? sayRate(group) : "–");
    const known = group.gap ? t("not known: no camera delivered") : n("{n} person", "{n} people", people);
    const isPartial = !group.gap && group.seen !== null && group.seen < 0.9;
    say(part("people"), isPartial ? t("{people}; delivered {seen} of the time", { people: known, seen: sayPercent(group.seen) }) : known);
    part("scarce").hidden = group.gap || !isScarce(group);
    const change = sayShortChange(group, this.before.get(keyOf(group)));
    part("change").hidden = change === "" || isScarce(group);
    say(part("change"), change);
    return root;
  }

  /** Let the name lead to its own history. @param {HTMLElement} link @param {ComplianceGroup} group */
  link(link, group) {
    say(link, nameOf(group, this.view?.by ?? "camera"));
    if (!this.view) return;
    const view = narrow(this.view, group);
    link.setAttribute("href", addressOf(view));
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.onChoose(view);
    });
  }
}

/** @param {View} view @param {ComplianceGroup} group @returns {View} of this group alone */
function narrow(view, { name, camera_id: id }) {
  if (view.by === "camera") return { ...view, camera: String(id) };
  return view.by === "site" ? { ...view, site: name, by: "camera" } : { ...view, zone: name, by: "camera" };
}

/** @param {ComplianceGroup} group @param {string} by */
function nameOf({ name }, by) {
  if (name) return name;
  return by === "site" ? t("No site") : t("No zone");
}

/** @param {ComplianceGroup} group */
function keyOf({ name, camera_id: id }) {
  return `${id} ${name}`;
}

/** @param {ComplianceGroup[]} groups @param {Order} order @returns {ComplianceGroup[]} the lowest rate first; what says too little last */
function sortGroups(groups, order) {
  const byName = [...groups].sort((one, other) => one.name.localeCompare(other.name));
  if (order === "name") return byName;
  if (order === "people") return byName.sort((one, other) => peopleIn(other) - peopleIn(one));
  const rank = (/** @type {ComplianceGroup} */ group) => (isScarce(group) ? 1 : 0) + (group.rate === null ? 1 : 0);
  return byName.sort((one, other) => rank(one) - rank(other) || (one.rate ?? 0) - (other.rate ?? 0));
}
