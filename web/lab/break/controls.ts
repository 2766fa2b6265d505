// The buttons and sliders of the part. They only say what is wanted; part.ts sees to it.
import { type BreakSettings, choices, type Network, type Press } from "../../../src/cli/lab/break/wire.ts";
import { button, choice, make, slider, toggle } from "../elements.ts";
import { writeMs } from "../number-text.ts";
import {
  afreshText,
  handNames,
  handText,
  latencyText,
  momentsText,
  networkTexts,
  perSecondText,
  pressTexts,
  rateText,
  statesText,
} from "../texts/break.ts";

export type Hand = keyof typeof handNames;

export interface ControlsOwner {
  pressed(what: Press | "sleep"): void;
  switched(what: keyof Network, isOn: boolean): void;
  changed(settings: BreakSettings): void;
  handChosen(hand: Hand): void;
  afresh(): void;
}

const presses = ["cut", "silence", "sleep", "restart", "crash"] as const;
const obstacles = ["isHeld", "isBlocked", "isBuffered"] as const;

export class Controls {
  /** What happens to the network and the server. */
  readonly root: HTMLElement;
  /** What is said how often, and by which code. */
  readonly setting: HTMLElement;
  readonly #presses = new Map<string, HTMLButtonElement>();
  readonly #toggles: readonly HTMLButtonElement[];
  #settings: BreakSettings = { rate: 20, latencyMs: 100 };

  constructor(owner: ControlsOwner) {
    for (const what of presses) {
      const made = button(pressTexts[what], () => owner.pressed(what));
      made.dataset["press"] = what;
      this.#presses.set(what, made);
    }
    this.#toggles = obstacles.map((what) => {
      const made = toggle(networkTexts[what], false, (isOn) => owner.switched(what, isOn));
      made.dataset["network"] = what;
      return made;
    });
    const change = (next: Partial<BreakSettings>): void => {
      this.#settings = { ...this.#settings, ...next };
      owner.changed(this.#settings);
    };
    const afresh = button(afreshText, () => owner.afresh());
    afresh.dataset["press"] = "afresh";
    this.root = make("div", "lab-card break-controls", [
      make("p", "lab-slider-name", momentsText),
      make("div", "lab-buttons", [...this.#presses.values()]),
      make("p", "lab-slider-name", statesText),
      make("div", "lab-buttons", [...this.#toggles, afresh]),
    ]);
    this.setting = make("div", "lab-card", [
      make("div", "lab-controls", [
        slider({
          name: rateText,
          values: choices.rate,
          value: this.#settings.rate,
          write: perSecondText,
          changed: (rate) => change({ rate }),
        }),
        slider({
          name: latencyText,
          values: choices.latencyMs,
          value: this.#settings.latencyMs,
          write: (ms) => ({ en: writeMs(ms), zh: writeMs(ms) }),
          changed: (latencyMs) => change({ latencyMs }),
        }),
        choice<Hand>({
          name: handText,
          values: [
            ["reconnecting", handNames.reconnecting],
            ["repeating", handNames.repeating],
          ],
          value: "reconnecting",
          changed: (hand) => owner.handChosen(hand),
        }),
      ]),
    ]);
  }

  get settings(): BreakSettings {
    return this.#settings;
  }

  /** Nothing stands in the way. */
  clear(): void {
    for (const made of this.#toggles) made.setAttribute("aria-pressed", "false");
  }

  /** Whether the server can be restarted: not while it is. */
  setReady(isReady: boolean, isServing: boolean): void {
    for (const [what, made] of this.#presses) {
      made.disabled = !isReady || (!isServing && (what === "restart" || what === "crash"));
    }
    for (const made of this.#toggles) made.disabled = !isReady;
  }
}
