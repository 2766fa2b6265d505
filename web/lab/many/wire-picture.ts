// What passed on a wire, in its order there, as text is read: from left to right, and on in the next row. A block is an envelope or a
// frame, as wide as its bytes; a full row of the picture is never drawn again otherwise, the oldest row goes.
import type { Passed, Stream } from "../../../src/cli/lab/many/wire.ts";
import { make } from "../elements.ts";
import { label, type Text } from "../language.ts";

/** The property of the style sheet that has the colour of each stream. */
export const streamColors: Readonly<Record<Stream, string>> = {
  chat: "--way-poll",
  feed: "--way-stream",
  telemetry: "--way-longpoll",
  transfer: "--way-socket",
};

const rowHeight = 20;
const gap = 2;
/** A slice of 16 KiB. */
const sliceWidth = 34;
const leastWidth = 5;

interface Block {
  readonly color: string;
  readonly width: number;
  /** What opens the way rather than uses it is drawn hollow. */
  readonly isHollow: boolean;
}

export class WirePicture {
  readonly root: HTMLElement;
  readonly #canvas = make("canvas", "many-wire-canvas");
  readonly #rowCount: number;
  #rows: Block[][] = [[]];
  #rowWidth = 0;
  #hasChanged = true;

  constructor(title: Text, rowCount: number) {
    this.#rowCount = rowCount;
    this.#canvas.setAttribute("role", "img");
    label(this.#canvas, "aria-label", title);
    this.root = make("div", "many-wire", [make("p", "lab-slider-name", title), this.#canvas]);
    this.#canvas.height = rowCount * rowHeight;
    new ResizeObserver(() => (this.#hasChanged = true)).observe(this.root);
  }

  clear(): void {
    this.#rows = [[]];
    this.#rowWidth = 0;
    this.#hasChanged = true;
  }

  add(passed: readonly Passed[]): void {
    const width = this.root.clientWidth;
    if (width === 0) return;
    for (const { stream, name, bytes } of passed) {
      const block: Block = {
        color: stream === undefined ? "--edge" : streamColors[stream],
        width: Math.max(leastWidth, Math.round((bytes / 16_384) * sliceWidth)),
        isHollow: name !== "slice" && name !== "text" && name !== "binary",
      };
      this.#place(block, width);
    }
    this.#hasChanged ||= passed.length > 0;
  }

  /** A block that is wider than what is left of its row goes on in the next one. */
  #place(block: Block, width: number): void {
    let left = block.width;
    while (left > 0) {
      const room = width - this.#rowWidth;
      if (room < leastWidth) {
        this.#rows.push([]);
        if (this.#rows.length > this.#rowCount) this.#rows.shift();
        this.#rowWidth = 0;
        continue;
      }
      const taken = Math.min(left, room);
      this.#rows.at(-1)?.push({ ...block, width: taken });
      this.#rowWidth += taken + gap;
      left -= taken;
    }
  }

  draw(): void {
    if (!this.#hasChanged) return;
    this.#hasChanged = false;
    const width = this.root.clientWidth;
    const context = this.#canvas.getContext("2d");
    if (context === null || width === 0) return;
    const height = this.#rowCount * rowHeight;
    this.#canvas.width = Math.round(width * devicePixelRatio);
    this.#canvas.height = Math.round(height * devicePixelRatio);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    const style = getComputedStyle(this.root);
    for (const [index, row] of this.#rows.entries()) {
      let x = 0;
      for (const block of row) {
        const color = style.getPropertyValue(block.color);
        const y = index * rowHeight + 2;
        if (block.isHollow) {
          context.strokeStyle = color;
          context.lineWidth = 1.5;
          context.strokeRect(x + 0.75, y + 3.75, block.width - 1.5, rowHeight - 11.5);
        } else {
          context.fillStyle = color;
          context.fillRect(x, y, block.width, rowHeight - 4);
        }
        x += block.width + gap;
      }
    }
  }
}
