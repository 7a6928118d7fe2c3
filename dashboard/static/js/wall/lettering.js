// How large the words of a tile are: they grow with it, to be read from across the room.

/** Up to this on tiles as wide as that; further, and on smaller tiles, where pictures leave height free. */
const LARGE = 1.5;
const LARGE_REM = 54;
const LARGEST = 1.75;
const ROOMY_REM = 31.5;

export class Lettering {
  /** @param {number} smallest height of a tile's words, in rem @param {number} rem */
  constructor(smallest, rem) {
    this.smallest = smallest * rem;
    this.rem = rem;
  }

  /** @param {number} width of a tile @returns {number} height that its words take */
  least(width) {
    return this.grown(LARGE, width / LARGE_REM);
  }

  /** @param {number} width of a tile @returns {number} height that its words may take, if it is free */
  most(width) {
    return this.grown(LARGEST, width / ROOMY_REM);
  }

  /** @param {number} largest @param {number} share of a tile on which they are that large, in rem */
  grown(largest, share) {
    return this.smallest * Math.max(1, Math.min(largest, (largest * share) / this.rem));
  }

  /** @param {{ width: number, height: number }} tile @param {number} ratio of its picture @returns {number} times the smallest */
  scaleOn({ width, height }, ratio) {
    return Math.max(this.least(width), Math.min(height - width / ratio, this.most(width))) / this.smallest;
  }
}
