// The layouts of the wall: choose one, keep one, rename or remove it.

import { patch, post, Problem, remove } from "../api.js";
import { ALL } from "./arrangement.js";
import { recall, remember } from "../memory.js";
import { question, toast } from "../messages.js";
import { byId, make, say } from "../page.js";
import { hear, t } from "../words.js";

export class Layouts {
  /** @param {() => void} onChoose another arrangement holds */
  constructor(onChoose) {
    this.onChoose = onChoose;
    /** @type {SavedLayout[]} */
    this.saved = [];
    this.chosenId = idInAddress() ?? Number(recall("layout") ?? 0);
    history.replaceState(null, "", addressOf(this.chosenId));
    byId("layout-rename").addEventListener("click", () => void this.rename());
    byId("layout-delete").addEventListener("click", () => void this.forget());
    addEventListener("popstate", () => {
      const id = idInAddress() ?? 0;
      if (id !== this.chosenId) this.choose(id, false);
    });
  }

  /** @returns {SavedLayout | null} null: all cameras */
  get current() {
    return this.saved.find((layout) => layout.id === this.chosenId) ?? null;
  }

  /** @returns {Arrangement} */
  get arrangement() {
    return this.current ?? ALL;
  }

  /** Whether the one that is chosen may be changed by who looks at it. */
  get isOwn() {
    const isOperator = document.body.dataset.role !== "viewer";
    return this.current !== null && (!this.current.is_shared || isOperator);
  }

  /** @param {SavedLayout[]} saved */
  take(saved) {
    this.saved = saved;
    this.show();
  }

  /** @param {number} id 0: all cameras @param {boolean} [isNews] whether the address must say so */
  choose(id, isNews = true) {
    if (isNews && id !== this.chosenId) history.pushState(null, "", addressOf(id, null));
    this.chosenId = id;
    remember("layout", String(id));
    this.show();
    this.onChoose();
  }

  /** Choose the next one, or the one before. @param {number} by */
  step(by) {
    const ids = [0, ...this.saved.map((layout) => layout.id)];
    const at = ids.indexOf(this.current?.id ?? 0);
    this.choose(ids[(at + by + ids.length) % ids.length]);
  }

  show() {
    const current = this.current;
    say(byId("layout-name"), current?.name ?? t("All cameras"));
    byId("layout-list").replaceChildren(
      this.entry(0, t("All cameras")),
      ...this.group(t("For everyone"), this.saved.filter((layout) => layout.is_shared)),
      ...this.group(t("Yours"), this.saved.filter((layout) => !layout.is_shared)),
    );
    byId("layout-rename").hidden = byId("layout-delete").hidden = !this.isOwn;
    const kiosk = document.getElementById("layout-kiosk");
    kiosk?.setAttribute("href", current ? `/kiosk?layout=${current.id}` : "/kiosk");
  }

  /** @param {string} title @param {SavedLayout[]} layouts */
  group(title, layouts) {
    if (layouts.length === 0) return [];
    return [make("li", title, "menu-title"), ...layouts.map((layout) => this.entry(layout.id, layout.name))];
  }

  /** @param {number} id @param {string} name */
  entry(id, name) {
    const item = make("li");
    const button = make("button", name);
    button.setAttribute("type", "button");
    if (id === (this.current?.id ?? 0)) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => {
      closeMenu();
      this.choose(id);
    });
    item.append(button);
    return item;
  }

  /** Keep an arrangement under the name it has. @param {Arrangement} arrangement @returns {Promise<boolean>} */
  async save(arrangement) {
    const current = this.current;
    if (!current || !this.isOwn) return this.saveAs(arrangement);
    return this.attempt(async () => {
      this.replace(await patch(`wall/layouts/${current.id}`, arrangement));
      toast(t("Layout saved: {name}", { name: current.name }));
    });
  }

  /** Keep an arrangement under a new name. @param {Arrangement} arrangement @returns {Promise<boolean>} */
  async saveAs(arrangement) {
    const asked = await this.askName("");
    if (!asked) return false;
    return this.attempt(async () => {
      const made = await post("wall/layouts", { ...arrangement, ...asked });
      this.saved = [...this.saved, made];
      this.choose(made.id);
      toast(t("Layout saved: {name}", { name: made.name }));
    });
  }

  async rename() {
    closeMenu();
    const current = this.current;
    const asked = current && (await this.askName(current.name));
    if (!current || !asked) return;
    await this.attempt(async () => this.replace(await patch(`wall/layouts/${current.id}`, { name: asked.name })));
  }

  async forget() {
    closeMenu();
    const current = this.current;
    if (!current) return;
    say(byId("layout-delete-title"), t("Remove the layout {name}?", { name: current.name }));
    if ((await question("layout-delete-dialog")) !== "delete") return;
    await this.attempt(async () => {
      await remove(`wall/layouts/${current.id}`);
      this.saved = this.saved.filter((layout) => layout !== current);
      this.choose(0);
    });
  }

  /** @param {SavedLayout} changed */
  replace(changed) {
    this.saved = this.saved.map((layout) => (layout.id === changed.id ? changed : layout));
    this.show();
    this.onChoose();
  }

  /** @param {string} name as it is now; "" for a new layout @returns {Promise<{ name: string, is_shared: boolean } | null>} */
  async askName(name) {
    const field = /** @type {HTMLInputElement} */ (byId("layout-new-name"));
    const shared = /** @type {HTMLInputElement | null} */ (document.getElementById("layout-shared"));
    field.value = name;
    const choice = document.getElementById("layout-shared-choice");
    if (choice) choice.hidden = name !== "";
    if (shared) shared.checked = false;
    if ((await question("layout-dialog")) !== "save" || field.value.trim() === "") return null;
    return { name: field.value.trim(), is_shared: shared?.checked ?? false };
  }

  /** @param {() => Promise<void>} act @returns {Promise<boolean>} whether it was done */
  async attempt(act) {
    try {
      await act();
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      toast(hear(error.message));
      return false;
    }
  }
}

function closeMenu() {
  if (!byId("layout-menu").hidden) byId("layout-button").click();
}

/** @returns {number | null} */
function idInAddress() {
  const id = new URLSearchParams(location.search).get("layout");
  return id === null ? null : Number(id);
}

/** @param {number} id @param {string | null} camera the one that is enlarged */
function addressOf(id, camera = new URLSearchParams(location.search).get("camera")) {
  const query = new URLSearchParams();
  if (id !== 0) query.set("layout", String(id));
  if (camera !== null) query.set("camera", camera);
  return location.pathname + (query.size > 0 ? `?${query}` : "");
}
