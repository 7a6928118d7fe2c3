// Sections of a page, one at a time; the address names the one that is open.

/** @param {(name: string) => void} onOpen */
export function startSections(onOpen) {
  const sections = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-section]")]);
  const open = () => {
    const asked = location.hash.slice(1);
    const name = sections.some((one) => one.dataset.section === asked) ? asked : sections[0].dataset.section ?? "";
    for (const section of sections) {
      section.hidden = section.dataset.section !== name;
      const link = document.getElementById(`${section.dataset.section}-tab`);
      if (section.hidden) link?.removeAttribute("aria-current");
      else link?.setAttribute("aria-current", "true");
    }
    onOpen(name);
  };
  addEventListener("hashchange", open);
  open();
}
