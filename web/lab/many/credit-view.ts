// What each side may still send in each channel, as bars that go down with every slice and up with every grant.
import { type ChannelCredit, type Stream, streams } from "../../../src/cli/lab/many/wire.ts";
import { make } from "../elements.ts";
import { writeBytes } from "../number-text.ts";
import { creditDownText, creditUpText, streamNames } from "../texts/many.ts";

interface Bar {
  readonly meter: HTMLMeterElement;
  readonly text: HTMLElement;
  /** The most that was ever granted and not used: a full bar. */
  most: number;
}

export class CreditView {
  readonly root: HTMLElement;
  readonly #bars = new Map<Stream, { readonly down: Bar; readonly up: Bar }>();

  constructor() {
    const rows = streams.map((stream) => {
      const [down, up] = [makeBar(stream), makeBar(stream)];
      this.#bars.set(stream, { down, up });
      const name = make("th", "many-stream", streamNames[stream]);
      name.scope = "row";
      name.dataset["stream"] = stream;
      return make("tr", "", [name, ...[down, up].map((bar) => make("td", "", [bar.meter, bar.text]))]);
    });
    const head = make("tr", "", [make("td"), make("th", "", creditDownText), make("th", "", creditUpText)]);
    this.root = make("table", "many-credits", [make("thead", "", [head]), make("tbody", "", rows)]);
  }

  clear(): void {
    for (const { down, up } of this.#bars.values()) for (const bar of [down, up]) bar.most = 0;
  }

  show(credits: readonly ChannelCredit[]): void {
    for (const { stream, down, up } of credits) {
      const bars = this.#bars.get(stream);
      if (bars === undefined) continue;
      set(bars.down, down);
      set(bars.up, up);
    }
  }
}

function makeBar(stream: Stream): Bar {
  const meter = make("meter", "many-meter");
  meter.dataset["stream"] = stream;
  return { meter, text: make("span", "many-meter-text", "–"), most: 0 };
}

function set(bar: Bar, credit: number): void {
  bar.most = Math.max(bar.most, credit);
  bar.meter.max = bar.most;
  bar.meter.value = credit;
  bar.text.textContent = writeBytes(credit);
}
