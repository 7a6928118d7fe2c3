// Rows of a list that is shown again and again: each is made once, and stays where it is.

import { partsOf, stamp } from "../page.js";

/**
 * Show items as rows stamped from a template; a row is found again by its item's key.
 * @template Item
 * @param {HTMLElement} list @param {string} templateId @param {Item[]} items
 * @param {(item: Item) => string} keyOf
 * @param {(part: ReturnType<typeof partsOf>, item: Item, root: HTMLElement) => void} fill
 */
export function showRows(list, templateId, items, keyOf, fill) {
  const rows = new Map([...list.children].map((row) => [/** @type {HTMLElement} */ (row).dataset.key, /** @type {HTMLElement} */ (row)]));
  items.forEach((item, index) => {
    const key = keyOf(item);
    const root = rows.get(key) ?? stamp(templateId).root;
    rows.delete(key);
    root.dataset.key = key;
    fill(partsOf(root), item, root);
    if (list.children[index] !== root) list.insertBefore(root, list.children[index] ?? null);
  });
  for (const row of rows.values()) row.remove();
}
