// What the list of cameras shows: search, site, condition and order, kept in the address.

import { CONDITION_ICONS, CONDITION_WORDS, CONDITIONS } from "./conditions.js";
import { byId, icon, make } from "../page.js";
import { sayCount } from "../wording.js";
import { t } from "../words.js";

/** site: null for all, empty for cameras without one. @typedef {{ search: string, site: string | null, condition: string, order: string }} View */

/** Before the name of a site, so that none is not "all". */
const NAMED = "=";
const ORDERS = ["", "name", "latency", "reconnects"];

export class CameraFilters {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    this.view = readView(new URLSearchParams(location.search));
    const form = /** @type {HTMLFormElement} */ (byId("camera-filters"));
    this.search = /** @type {HTMLInputElement} */ (byId("camera-search"));
    this.site = /** @type {HTMLSelectElement} */ (byId("camera-site"));
    this.order = /** @type {HTMLSelectElement} */ (byId("camera-order"));
    this.search.value = this.view.search;
    this.order.value = this.view.order;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => this.change({
      search: this.search.value,
      site: this.site.value ? this.site.value.slice(NAMED.length) : null,
      order: this.order.value,
    }));
  }

  /** @param {Partial<View>} changes */
  change(changes) {
    this.view = { ...this.view, ...changes };
    history.replaceState(null, "", writeView(this.view) || location.pathname);
    this.onChange();
  }

  clear() {
    this.search.value = "";
    this.change({ search: "", site: null, condition: "" });
  }

  /** @param {Camera[]} cameras @param {Map<string, number>} counts of conditions */
  show(cameras, counts) {
    this.offerSites(cameras);
    this.offerConditions(cameras.length, counts);
  }

  /** @param {Camera[]} cameras */
  offerSites(cameras) {
    const sites = [...new Set(cameras.map(({ site }) => site))].sort((a, b) => a.localeCompare(b));
    const said = JSON.stringify(sites);
    this.site.parentElement?.toggleAttribute("hidden", sites.length < 2 && this.view.site === null);
    if (this.site.dataset.said !== said) {
      this.site.dataset.said = said;
      this.site.replaceChildren(optionOf("", t("All sites")), ...sites.map((site) => optionOf(NAMED + site, site || t("No site"))));
    }
    this.site.value = this.view.site === null ? "" : NAMED + this.view.site;
  }

  /** @param {number} all @param {Map<string, number>} counts */
  offerConditions(all, counts) {
    const said = JSON.stringify([all, ...counts, this.view.condition]);
    const list = byId("camera-states");
    if (list.dataset.said === said) return;
    list.dataset.said = said;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.choose : undefined;
    const present = CONDITIONS.filter((one) => counts.has(one) || one === this.view.condition);
    list.replaceChildren(this.chipOf("", "camera", t("All"), all), ...present.map((one) => this.chipOf(one, CONDITION_ICONS[one], CONDITION_WORDS[one], counts.get(one) ?? 0)));
    if (focused !== undefined) /** @type {HTMLElement | null} */ (list.querySelector(`[data-choose="${focused}"]`))?.focus();
  }

  /** @param {string} condition @param {string} sign @param {string} words @param {number} count */
  chipOf(condition, sign, words, count) {
    const item = make("li");
    const chip = make("button", "", "camera-chip");
    chip.setAttribute("type", "button");
    chip.setAttribute("aria-pressed", String(this.view.condition === condition));
    chip.dataset.choose = condition;
    if (condition) chip.dataset.condition = condition;
    chip.append(icon(sign), make("span", words), make("strong", sayCount(count)));
    chip.addEventListener("click", () => this.change({ condition: this.view.condition === condition ? "" : condition }));
    item.append(chip);
    return item;
  }
}

/** @param {URLSearchParams} asked @returns {View} */
function readView(asked) {
  const [condition, order] = [asked.get("condition") ?? "", asked.get("order") ?? ""];
  return {
    search: asked.get("search") ?? "",
    site: asked.get("site"),
    condition: CONDITIONS.some((one) => one === condition) ? condition : "",
    order: ORDERS.includes(order) ? order : "",
  };
}

/** @param {View} view @returns {string} as the address says it */
function writeView({ search, site, condition, order }) {
  const asked = new URLSearchParams();
  if (search) asked.set("search", search);
  if (site !== null) asked.set("site", site);
  if (condition) asked.set("condition", condition);
  if (order) asked.set("order", order);
  return asked.size ? `?${asked}` : "";
}

/** @param {string} value @param {string} words */
function optionOf(value, words) {
  const option = make("option", words);
  option.setAttribute("value", value);
  return option;
}
