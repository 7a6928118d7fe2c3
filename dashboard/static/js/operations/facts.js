// Lists of what is known of a thing: a name and a value each.

import { make, say } from "../page.js";

/** @param {HTMLElement} list a <dl> @param {[string, string][]} facts */
export function showFacts(list, facts) {
  const names = facts.map(([name]) => name).join("|");
  if (list.dataset.names !== names) {
    list.dataset.names = names;
    list.replaceChildren(...facts.map(([name]) => {
      const row = make("div");
      row.append(make("dt", name), make("dd"));
      return row;
    }));
  }
  facts.forEach(([, value], index) => say(/** @type {HTMLElement} */ (list.children[index].lastElementChild), value));
}
