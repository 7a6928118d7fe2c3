// Menus behind a button: closed by Escape, by a click elsewhere and by leaving them.

/** Let every button with data-opens show and hide the element that it names. */
export function startMenus() {
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-opens]"))) {
    const menu = document.getElementById(button.dataset.opens ?? "");
    const place = button.parentElement;
    if (menu && place) startMenu(button, menu, place);
  }
}

/** @param {HTMLElement} button @param {HTMLElement} menu @param {HTMLElement} place that holds both */
function startMenu(button, menu, place) {
  /** @param {boolean} isOpen */
  const show = (isOpen) => {
    menu.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
  };
  button.addEventListener("click", () => show(menu.hidden));
  place.addEventListener("keydown", (event) => {
    if (menu.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") return step(menu, event);
    if (event.key !== "Escape") return;
    event.stopPropagation();
    show(false);
    button.focus();
  });
  place.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !place.contains(relatedTarget)) show(false);
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (target instanceof Node && !place.contains(target)) show(false);
  });
}

/** @param {HTMLElement} menu @param {KeyboardEvent} event that asks for the next or the previous entry */
function step(menu, event) {
  event.preventDefault();
  const entries = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll("a, button")]);
  const at = entries.findIndex((entry) => entry === document.activeElement);
  const next = event.key === "ArrowDown" ? at + 1 : at - 1;
  entries[(next + entries.length) % entries.length]?.focus();
}
