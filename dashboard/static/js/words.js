// The page's words: English is the key; words of another language come as a script before this one.

const { texts, plurals, sentences } = globalThis.maskwatchWords ?? { texts: {}, plurals: {}, sentences: {} };

/** What the server says, as patterns of its English sentences: `{name}` stands for anything. */
const PATTERNS = Object.entries(sentences).map(([english, translation]) => {
  const names = [...english.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  const parts = english.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return { pattern: new RegExp(`^${parts.join("(.+?)")}$`, "s"), names, translation };
});

const LANGUAGE = document.documentElement.lang || "en";

/** The page's language as the viewer's country writes it, where the browser knows: en-GB, de-AT. */
export const LOCALE = navigator.languages.find((one) => one.split("-")[0] === LANGUAGE) ?? LANGUAGE;

const NUMBER = new Intl.NumberFormat(LOCALE);

/** @typedef {Record<string, string | number>} Values numbers are written in the page's language */

/**
 * Say a text in the page's language; `{name}` in it becomes the value of that name.
 * The text is a literal, or the catalogue misses it.
 * @param {string} text @param {Values} [values]
 */
export function t(text, values = {}) {
  return fill(texts[text] ?? text, values);
}

/**
 * Say a text for one or for many; `{n}` in it is the count.
 * @param {string} one @param {string} many @param {number} count @param {Values} [values]
 */
export function n(one, many, count, values = {}) {
  const [single, several] = plurals[one] ?? [one, many];
  return fill(count === 1 ? single : several, { n: count, ...values });
}

/**
 * Say in the page's language what the server said in English; what is not known stays English.
 * @param {string} text
 */
export function hear(text) {
  for (const { pattern, names, translation } of PATTERNS) {
    const match = pattern.exec(text);
    if (match) return fill(translation, Object.fromEntries(names.map((name, index) => [name, valueOf(name, match[index + 1])])));
  }
  return text;
}

/** Write as the page does what the server wrote in English: a number, a share. @param {string} name @param {string} said */
function valueOf(name, said) {
  if (name === "share") return said.replace(/%$/, " %");
  return name === "n" && /^\d+([.]\d+)?$/.test(said) ? Number(said) : said;
}

/** @param {string} text @param {Values} values */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name] ?? whole;
    return typeof value === "number" ? NUMBER.format(value) : value;
  });
}
