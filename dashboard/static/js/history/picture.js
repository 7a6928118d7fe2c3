// The charts as one PNG, with what they show in words, for a report or a mail.

import { colourOf } from "../chart.js";
import { byId } from "../page.js";

const MARGIN = 32;
const LINE = 26;

/** @param {string[]} lines the title first @param {string} name of the file */
export function savePicture(lines, name) {
  const canvases = [...document.querySelectorAll("#history-chart canvas")].filter((one) => one instanceof HTMLCanvasElement);
  const scale = devicePixelRatio;
  const head = MARGIN + LINE * (lines.length + 0.5);
  const picture = document.createElement("canvas");
  picture.width = Math.max(...canvases.map((one) => one.width)) + 2 * MARGIN * scale;
  picture.height = canvases.reduce((sum, one) => sum + one.height, 0) + (head + MARGIN) * scale;
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
  picture.toBlob((blob) => { if (blob) save(blob, name); }, "image/png");
}

/** @param {CanvasRenderingContext2D} pen @param {string[]} lines @param {number} scale @param {number} width */
function writeLines(pen, lines, scale, width) {
  const family = getComputedStyle(byId("main")).fontFamily;
  lines.forEach((line, index) => {
    pen.font = `${index === 0 ? "650 20" : "14"}px ${family}`.replace(/(\d+)px/, (_, size) => `${size * scale}px`);
    pen.fillStyle = colourOf(index === 0 ? "--text" : "--text-soft");
    pen.fillText(line, MARGIN * scale, (MARGIN + LINE * (index + 0.5)) * scale, width);
  });
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
