// How far the transfer is over one way.
import type { Way } from "../../../src/cli/lab/many/wire.ts";
import { make } from "../elements.ts";
import { label, say } from "../language.ts";
import { writeBytes, writeMs } from "../number-text.ts";
import { noTransferText, progressName, progressText, tookText, wayNames } from "../texts/many.ts";
import type { Transfer } from "./latencies.ts";

export class TransferView {
  readonly root: HTMLElement;
  readonly #bar = make("progress", "many-progress");
  readonly #text = make("span", "lab-small", noTransferText);

  constructor(way: Way) {
    label(this.#bar, "aria-label", progressName(way));
    this.#bar.value = 0;
    const name = make("span", "many-way", wayNames[way]);
    name.dataset["way"] = way;
    this.root = make("div", "many-transfer", [name, this.#bar, this.#text]);
    this.root.dataset["way"] = way;
  }

  show(transfer: Transfer | undefined): void {
    if (transfer === undefined) {
      this.#bar.value = 0;
      say(this.#text, noTransferText);
      return;
    }
    const { bytes, totalBytes, startedAt, endedAt } = transfer;
    this.#bar.max = totalBytes;
    this.#bar.value = bytes;
    if (endedAt === undefined) say(this.#text, progressText(writeBytes(bytes), writeBytes(totalBytes)));
    else say(this.#text, tookText(writeBytes(totalBytes), writeMs(endedAt - startedAt)));
  }
}
