// Find, stamp and fill the markup that the templates provide.

/**
 * Find the element that the template promises.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element #${id}`);
  return /** @type {T} */ (element);
}

/**
 * Copy a <template>; `part` finds an element by its data-part.
 * @param {string} id
 */
export function stamp(id) {
  const template = /** @type {HTMLTemplateElement} */ (/** @type {unknown} */ (byId(id)));
  const copy = /** @type {DocumentFragment} */ (document.importNode(template.content, true));
  const root = /** @type {HTMLElement} */ (copy.firstElementChild);
  obeyRole(root);
  return { root, part: partsOf(root) };
}

/** @param {HTMLElement} root */
export function partsOf(root) {
  /**
   * @template {HTMLElement} [T=HTMLElement]
   * @param {string} name
   * @returns {T}
   */
  return (name) => {
    const element = root.querySelector(`[data-part="${name}"]`);
    if (!element) throw new Error(`the template has no part ${name}`);
    return /** @type {T} */ (element);
  };
}

/**
 * Remove what the signed-in person may not use; the server refuses it anyway.
 * @param {HTMLElement} root
 */
export function obeyRole(root) {
  const role = document.body.dataset.role ?? "";
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-needs]"))) {
    if (!mayActAs(role, element.dataset.needs ?? "")) element.remove();
  }
  for (const element of root.querySelectorAll(`[data-for]:not([data-for="${role}"])`)) element.remove();
}

/** From the one who may least. */
const ROLES = ["viewer", "operator", "admin"];

/** @param {string} role @param {string} needed */
function mayActAs(role, needed) {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** @param {string} name @returns {SVGSVGElement} */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.classList.add("icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  setIcon(svg, name);
  return svg;
}

/** @param {Element} svg @param {string} name */
export function setIcon(svg, name) {
  svg.firstElementChild?.setAttribute("href", `#icon-${name}`);
}

/**
 * Write an icon and words into an element, only if they changed: the wall does
 * this for every camera each second.
 * @param {HTMLElement} element
 * @param {string} name
 * @param {string} words
 */
export function sayWithIcon(element, name, words) {
  const said = `${name}|${words}`;
  if (element.dataset.said === said) return;
  element.dataset.said = said;
  element.replaceChildren(icon(name), make("span", words));
}

/** @param {HTMLElement} element @param {string} words */
export function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/**
 * @param {string} tag
 * @param {string} [words]
 * @param {string} [className]
 */
export function make(tag, words = "", className = "") {
  const element = document.createElement(tag);
  element.textContent = words;
  if (className) element.className = className;
  return element;
}
