// Arrange the wall: drag tiles or move them by keys, make them larger, leave them out, keep it all.

import { moved, placesIn, resized, withAtEnd, without } from "./arrangement.js";
import { question } from "../messages.js";
import { byId, icon, make, say, stamp } from "../page.js";
import { n, t } from "../words.js";

/** A press that moves less than this is none. */
const SLACK_PX = 6;

/** @typedef {import("./tile.js").Tile} Tile */
/** @typedef {import("./tiles.js").Tiles} Tiles */
/** @typedef {import("./layouts.js").Layouts} Layouts */

export class Arranging {
  /**
   * @param {Tiles} tiles @param {Layouts} layouts
   * @param {() => ReadonlyMap<number, WallCamera>} cameras @param {() => void} onEnd
   */
  constructor(tiles, layouts, cameras, onEnd) {
    this.tiles = tiles;
    this.layouts = layouts;
    this.cameras = cameras;
    this.onEnd = onEnd;
    this.isOn = false;
    /** @type {TilePlace[]} */
    this.places = [];
    this.others = /** @type {HTMLInputElement} */ (byId("arrange-others"));
    byId("arrange-open").addEventListener("click", () => this.begin());
    byId("arrange-cancel").addEventListener("click", () => void this.leave());
    byId("arrange-save").addEventListener("click", () => void this.keep((one) => this.layouts.save(one)));
    byId("arrange-save-as").addEventListener("click", () => void this.keep((one) => this.layouts.saveAs(one)));
  }

  begin() {
    if (this.isOn || this.tiles.chosen !== null || !document.body.classList.contains("is-filling")) return;
    this.isOn = true;
    this.places = placesIn(this.layouts.arrangement, [...this.cameras().values()]);
    this.before = JSON.stringify(this.places);
    this.others.checked = this.layouts.arrangement.shows_others;
    document.body.classList.add("is-arranging");
    byId("arrange-bar").hidden = false;
    say(byId("arrange-name"), this.layouts.isOwn ? this.layouts.current?.name ?? "" : t("New layout"));
    byId("arrange-save-as").hidden = !this.layouts.isOwn;
    this.draw();
    this.handleOf(this.places[0]?.camera_id)?.focus();
  }

  /** Stop without saving; what was moved is not lost by one key. */
  async leave() {
    const isSame = JSON.stringify(this.places) === this.before;
    if (isSame || (await question("arrange-dialog")) === "stop") this.end();
  }

  end() {
    if (!this.isOn) return;
    this.isOn = false;
    document.body.classList.remove("is-arranging");
    byId("arrange-bar").hidden = true;
    for (const tile of this.tiles.byId.values()) tile.root.querySelector(".tile-handle")?.remove();
    this.onEnd();
    byId("layout-button").focus();
  }

  /** @param {(arrangement: Arrangement) => Promise<boolean>} save */
  async keep(save) {
    if (await save({ tiles: this.places, shows_others: this.others.checked && this.leftOut().length === 0 })) this.end();
  }

  /** Draw the wall as it is being arranged. */
  draw() {
    this.tiles.show(this.places, this.cameras());
    this.places.forEach((place, index) => this.label(place, index));
    this.showLeftOut();
  }

  /** @param {TilePlace} place @param {number} index */
  label({ camera_id: id, size }, index) {
    const tile = this.tiles.byId.get(id);
    if (!tile) return;
    if (!tile.root.querySelector(".tile-handle")) tile.root.append(this.makeHandle(id, tile));
    const facts = { name: tile.camera?.name ?? "", place: index + 1, all: this.places.length, size };
    const words = t("{name}: place {place} of {all}, size {size}", facts);
    this.handleOf(id)?.setAttribute("aria-label", words);
  }

  /** @param {number} id @param {Tile} tile */
  makeHandle(id, tile) {
    const { root, part } = stamp("tile-handle");
    const grip = part("grip");
    grip.addEventListener("keydown", (event) => this.press(id, event));
    grip.addEventListener("pointerdown", (event) => this.grab(id, tile.root, event));
    part("smaller").addEventListener("click", () => this.resize(id, -1));
    part("larger").addEventListener("click", () => this.resize(id, 1));
    part("leave-out").addEventListener("click", () => this.leaveOut(id));
    return root;
  }

  /** @param {number | undefined} id @returns {HTMLElement | null} */
  handleOf(id) {
    const tile = id === undefined ? undefined : this.tiles.byId.get(id);
    return tile?.root.querySelector("[data-part=grip]") ?? null;
  }

  /** @param {number} id @param {KeyboardEvent} event */
  press(id, event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.tiles.columns, ArrowDown: this.tiles.columns };
    const by = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (by) this.move(id, this.indexOf(id) + by);
    else if (event.key === "+") this.resize(id, 1);
    else if (event.key === "-") this.resize(id, -1);
    else if (event.key === "Delete") this.leaveOut(id);
    else if (event.key === "Home") this.move(id, 0);
    else if (event.key === "End") this.move(id, this.places.length);
    else return;
    event.preventDefault();
  }

  /** @param {number} id */
  indexOf(id) {
    return this.places.findIndex((place) => place.camera_id === id);
  }

  /** @param {number} id @param {number} to */
  move(id, to) {
    this.places = moved(this.places, id, to);
    this.draw();
    this.handleOf(id)?.focus({ preventScroll: true });
  }

  /** @param {number} id @param {number} by */
  resize(id, by) {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    this.places = resized(this.places, id, by);
    this.draw();
    focused?.focus();
  }

  /** @param {number} id */
  leaveOut(id) {
    const at = this.indexOf(id);
    if (this.places.length === 1) return;
    this.places = without(this.places, id);
    this.draw();
    this.handleOf(this.places[Math.min(at, this.places.length - 1)].camera_id)?.focus();
  }

  /** @param {number} id */
  putBack(id) {
    this.places = withAtEnd(this.places, id);
    this.draw();
    this.handleOf(id)?.focus();
  }

  leftOut() {
    return [...this.cameras().values()].filter(({ id }) => this.indexOf(id) < 0);
  }

  showLeftOut() {
    const cameras = this.leftOut();
    byId("arrange-others-choice").hidden = cameras.length > 0;
    byId("arrange-left-out").hidden = cameras.length === 0;
    byId("arrange-left-out").replaceChildren(
      make("span", n("{n} camera left out:", "{n} cameras left out:", cameras.length), "soft"),
      ...cameras.map((camera) => {
        const button = make("button", "", "button");
        button.setAttribute("type", "button");
        button.append(icon("add"), make("span", camera.name));
        button.title = t("Put {name} back", { name: camera.name });
        button.addEventListener("click", () => this.putBack(camera.id));
        return button;
      }),
    );
  }

  /**
   * Carry a tile along with the pointer; the others make room.
   * @param {number} id @param {HTMLElement} root @param {PointerEvent} start
   */
  grab(id, root, start) {
    if (start.button !== 0) return;
    const grip = /** @type {HTMLElement} */ (start.currentTarget);
    const [left, top] = [root.offsetLeft, root.offsetTop];
    const before = this.places;
    grip.setPointerCapture(start.pointerId);
    let over = id;

    /** @param {PointerEvent} event */
    const drag = (event) => {
      const [x, y] = [event.clientX - start.clientX, event.clientY - start.clientY];
      if (!root.classList.contains("is-dragged") && Math.hypot(x, y) < SLACK_PX) return;
      root.classList.add("is-dragged");
      const target = this.tileAt(event.clientX, event.clientY, id);
      if (target !== over && target !== id) this.carry(id, target);
      over = target;
      root.style.left = `${left + x}px`;
      root.style.top = `${top + y}px`;
    };
    /** @param {Event} event */
    const drop = (event) => {
      grip.removeEventListener("pointermove", drag);
      root.classList.remove("is-dragged");
      if (event.type === "pointercancel") this.places = before;
      this.draw();
      grip.focus();
    };
    grip.addEventListener("pointermove", drag);
    grip.addEventListener("pointerup", drop, { once: true });
    grip.addEventListener("pointercancel", drop, { once: true });
  }

  /** Put a tile where another is, without touching the page's order: that would lose the pointer. */
  /** @param {number} id @param {number} target */
  carry(id, target) {
    this.places = moved(this.places, id, this.indexOf(target));
    this.tiles.places = this.places;
    this.tiles.arrange();
  }

  /** @param {number} x @param {number} y @param {number} carried @returns {number} id of the camera there, or the carried one */
  tileAt(x, y, carried) {
    for (const [id, { root }] of this.tiles.byId) {
      if (id === carried) continue;
      const { left, top, right, bottom } = root.getBoundingClientRect();
      if (x >= left && x < right && y >= top && y < bottom) return id;
    }
    return carried;
  }
}
