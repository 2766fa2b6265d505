// The frames of one connection as they pass, the newest first, and the one that is chosen drawn beside them. Follows the newest until
// somebody chooses another one. Bounded: what is long gone leaves the list.
import type { Connection, Direction, WireReport } from "../../../src/cli/lab/wire/wire.ts";
import { make } from "../elements.ts";
import { label, type Text } from "../language.ts";
import { bytesText, downText, drawingText, emptyText, endedText, listText, openedText, upText } from "../texts/wire.ts";
import { drawFrame, nameFrame, previewOf } from "./frame-view.ts";
import { type Frame, FrameReader, fromHex } from "./frames.ts";

export interface Passed {
  readonly frame: Frame;
  readonly direction: Direction;
}

const mostRows = 60;

export class FrameList {
  readonly root: HTMLElement;
  readonly #connection: Connection;
  readonly #list = make("ol", "wire-list");
  readonly #empty = make("p", "lab-small", emptyText);
  readonly #drawing = make("div", "wire-place");
  #readers: Record<Direction, FrameReader> = { up: new FrameReader(), down: new FrameReader() };
  #chosen: HTMLButtonElement | undefined;
  #isFollowing = true;

  constructor(connection: Connection) {
    this.#connection = connection;
    label(this.#list, "aria-label", listText);
    this.root = make("div", "wire-frames", [
      make("div", "wire-column", [make("h4", "wire-heading", listText), this.#empty, this.#list]),
      make("div", "wire-column", [make("h4", "wire-heading", drawingText), this.#drawing]),
    ]);
  }

  /** The frames that `report` completes, in order; none if it is for another connection. */
  receive(report: WireReport): Passed[] {
    if (report.connection !== this.#connection) return [];
    if (report.type === "opened") {
      this.#readers = { up: new FrameReader(), down: new FrameReader() };
      this.#note(openedText);
      return [];
    }
    if (report.type === "ended") {
      for (const direction of ["up", "down"] as const) {
        const rest = this.#readers[direction].takeRest();
        if (rest !== undefined) this.#add({ frame: rest, direction });
      }
      this.#note(endedText);
      return [];
    }
    const { direction } = report;
    const frames = this.#readers[direction].receive(fromHex(report.hex) ?? new Uint8Array(0));
    const passed = frames.map((frame) => ({ frame, direction }));
    for (const each of passed) this.#add(each);
    return passed;
  }

  #add({ frame, direction }: Passed): void {
    const arrow = make("span", "wire-arrow", direction === "up" ? "↑" : "↓");
    arrow.setAttribute("aria-hidden", "true");
    const row = make("button", "wire-row", [
      arrow,
      make("span", "unseen", direction === "up" ? upText : downText),
      make("span", "wire-row-name", nameFrame(frame)),
      make("span", "wire-row-preview", previewOf(frame)),
      make("span", "wire-row-bytes", bytesText(frame.bytes.length)),
    ]);
    row.type = "button";
    row.dataset["direction"] = direction;
    row.addEventListener("click", () => {
      this.#isFollowing = row === this.#list.querySelector("button");
      this.#choose(row, frame);
    });
    this.#put(row);
    if (this.#isFollowing || this.#chosen === undefined) this.#choose(row, frame);
  }

  #note(text: Text): void {
    this.#put(make("p", "wire-event", text));
  }

  #put(content: HTMLElement): void {
    this.#empty.hidden = true;
    this.#list.prepend(make("li", "", [content]));
    while (this.#list.children.length > mostRows) this.#list.lastElementChild?.remove();
  }

  #choose(row: HTMLButtonElement, frame: Frame): void {
    this.#chosen?.removeAttribute("aria-current");
    this.#chosen = row;
    row.setAttribute("aria-current", "true");
    this.#drawing.replaceChildren(drawFrame(frame));
  }
}
