// The charts as one PNG, with what they show in words, for a report or a mail.

import { areaOf, colourOf } from "../chart.js";
import { byId } from "../page.js";
import { VERDICTS, WORDS } from "../verdicts.js";

const MARGIN = 32;
const LINE = 26;

/** @param {string[]} lines the title first @param {string} name of the file */
export function savePicture(lines, name) {
  const canvases = [...document.querySelectorAll("#history-chart canvas")].filter((one) => one instanceof HTMLCanvasElement);
  const scale = devicePixelRatio;
  const head = MARGIN + LINE * (lines.length + 0.5);
  const picture = document.createElement("canvas");
  picture.width = Math.max(...canvases.map((one) => one.width)) + 2 * MARGIN * scale;
  picture.height = canvases.reduce((sum, one) => sum + one.height, 0) + (head + LINE + MARGIN) * scale;
  const pen = picture.getContext("2d");
  if (!pen) return;
  pen.fillStyle = colourOf("--surface");
  pen.fillRect(0, 0, picture.width, picture.height);
  writeLines(pen, lines, scale, picture.width - 2 * MARGIN * scale);
  let top = head * scale;
  for (const canvas of canvases) {
    pen.drawImage(canvas, MARGIN * scale, top);
    top += canvas.height;
  }
  writeKey(pen, top, scale);
  picture.toBlob((blob) => { if (blob) save(blob, name); }, "image/png");
}

/** @param {CanvasRenderingContext2D} pen @param {string[]} lines @param {number} scale @param {number} width */
function writeLines(pen, lines, scale, width) {
  lines.forEach((line, index) => {
    pen.font = fontOf(index === 0 ? 20 : 14, scale);
    pen.fillStyle = colourOf(index === 0 ? "--text" : "--text-soft");
    pen.fillText(line, MARGIN * scale, (MARGIN + LINE * (index + 0.5)) * scale, width);
  });
}

/** Tell below the columns what their colours are. @param {CanvasRenderingContext2D} pen @param {number} top @param {number} scale */
function writeKey(pen, top, scale) {
  const size = 12 * scale;
  let left = MARGIN * scale;
  pen.font = fontOf(14, scale);
  for (const verdict of VERDICTS) {
    pen.fillStyle = colourOf(areaOf(verdict));
    pen.fillRect(left, top + size, size, size);
    pen.fillStyle = colourOf("--text-soft");
    pen.fillText(WORDS[verdict], left + 1.5 * size, top + 2 * size);
    left += pen.measureText(WORDS[verdict]).width + 3.5 * size;
  }
}

/** @param {number} size in CSS pixels @param {number} scale */
function fontOf(size, scale) {
  return `${size * scale}px ${getComputedStyle(byId("main")).fontFamily}`;
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
