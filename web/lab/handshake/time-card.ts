// The steps from a name to the first message on a time line, as the server measured them when it dialled itself; what a distance adds is
// reckoned by the round trips that each step needs, and called so.
import type { Dialled, HandshakeReport, Step, StepName } from "../../../src/cli/lab/handshake/wire.ts";
import { button, card, make, paragraph, slider } from "../elements.ts";
import { type Text } from "../language.ts";
import { writeMs } from "../number-text.ts";
import {
  dialledText,
  distanceText,
  measureFailedText,
  measureText,
  noDistanceText,
  stepBytesText,
  stepNames,
  stepNotes,
  timeText,
  timeTitle,
  tlsText,
  totalText,
  waitingText,
  withoutTlsText,
  withTlsText,
} from "../texts/handshake.ts";

type Measured = Extract<HandshakeReport, { readonly type: "measured" }>;

const distances = [0, 10, 30, 80, 150, 300];

export class TimeCard {
  readonly root: HTMLElement;
  readonly #place = make("div", "handshake-lines", [make("p", "lab-small", waitingText)]);
  #measured: Measured | undefined;
  #distanceMs = 0;

  constructor(measure: () => void) {
    this.root = card(timeTitle, [
      paragraph(timeText),
      make("div", "lab-controls", [
        slider({
          name: distanceText,
          values: distances,
          value: 0,
          write: (ms) => (ms === 0 ? noDistanceText : { en: `${ms} ms`, zh: `${ms} 毫秒` }),
          changed: (ms) => {
            this.#distanceMs = ms;
            this.#draw();
          },
        }),
        button(measureText, measure),
      ]),
      this.#place,
    ]);
  }

  show(measured: Measured): void {
    this.#measured = measured;
    this.#draw();
  }

  #draw(): void {
    const measured = this.#measured;
    if (measured === undefined) return;
    if (measured.fault !== undefined) {
      this.#place.replaceChildren(make("p", "", measureFailedText(measured.fault)));
      return;
    }
    const longest = Math.max(...measured.dialled.map((dialled) => this.#endOf(dialled)));
    this.#place.replaceChildren(...measured.dialled.map((dialled) => this.#drawDialled(dialled, longest)));
  }

  #drawDialled(dialled: Dialled, longest: number): HTMLElement {
    const { steps, name, addresses, authority, tls, isMadeUp } = dialled;
    let from = 0;
    const rows = steps.map((step) => {
      const ms = this.#durationOf(step, tls);
      const row = drawStep(step, { from, ms, longest });
      from += ms;
      return row;
    });
    const measuredMs = steps.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
    return make("section", "handshake-dialled", [
      make("h4", "handshake-side", tls === undefined ? withoutTlsText : withTlsText),
      make("p", "lab-small", dialledText(name, addresses.join(", "), authority)),
      tls === undefined ? undefined : make("p", "lab-small", tlsText(tls.protocol, tls.cipher, isMadeUp)),
      make("ol", "handshake-bars", rows),
      make("p", "", totalText(writeMs(measuredMs), this.#distanceMs === 0 ? "" : writeMs(this.#endOf(dialled)))),
    ]);
  }

  #endOf({ steps, tls }: Dialled): number {
    return steps.reduce((sum, step) => sum + this.#durationOf(step, tls), 0);
  }

  #durationOf({ name, startMs, endMs }: Step, tls: Dialled["tls"]): number {
    return endMs - startMs + roundTrips(name, tls?.protocol) * this.#distanceMs;
  }
}

/** How often each side waits for the other one. A name is asked of a resolver that is as far away. */
function roundTrips(step: StepName, protocol: string | undefined): number {
  return step === "tls" && protocol === "TLSv1.2" ? 2 : 1;
}

interface Bar {
  readonly from: number;
  readonly ms: number;
  readonly longest: number;
}

function drawStep({ name, bytesUp, bytesDown }: Step, { from, ms, longest }: Bar): HTMLElement {
  const bar = make("span", "handshake-bar");
  bar.style.setProperty("--from", String(from / longest));
  bar.style.setProperty("--share", String(ms / longest));
  const bytes: Text = name === "dns" ? { en: "", zh: "" } : stepBytesText(bytesUp, bytesDown);
  const row = make("li", "handshake-bar-row", [
    make("span", "handshake-bar-name", stepNames[name]),
    make("span", "handshake-track", [bar]),
    make("span", "handshake-bar-ms", writeMs(ms)),
    make("span", "handshake-bar-note", [make("span", "", stepNotes[name]), make("span", "", bytes)]),
  ]);
  row.dataset["step"] = name;
  return row;
}
