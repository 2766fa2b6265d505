// The part “Why it persists” of the lab: four lives of one connection in virtual time beside a real one. Asks the half on the server for
// the lives and draws what they were.
import "./persist.css";
import {
  choices,
  type LifeSettings,
  type PersistReport,
  type PersistRequest,
  type Story,
  type Trouble,
  troubles,
} from "../../../src/cli/lab/persist/wire.ts";
import { button, card, choice, make, paragraph, slider } from "../elements.ts";
import { say, type Text } from "../language.ts";
import { writeMs } from "../number-text.ts";
import type { MountedPart, Part, PartContext } from "../part.ts";
import {
  clockText,
  hoursOf,
  hoursText,
  hoursTitle,
  lead,
  legendTexts,
  livedText,
  livingText,
  minutesOf,
  natText,
  noticeText,
  playText,
  readMoreText,
  secondsOf,
  settingTexts,
  title,
  troubleNotes,
  troubleText,
  troubleTexts,
  unlivedTexts,
} from "../texts/persist.ts";
import { Lane } from "./lane.ts";
import { RealCard } from "./real-card.ts";

export const persist: Part = {
  id: "persist",
  title,
  lead,
  mount: (root, context) => new PersistView(root, context),
};

/** Somebody who moves a slider is not done yet. */
const settleMs = 250;
/** Who found no room asks again. */
const busyMs = 1_500;
/** All hours together are played in this time. */
const playMs = 12_000;

const laneKinds: readonly (readonly [Story["kind"], boolean])[] = [
  ["plain", false],
  ["plain", true],
  ["session", false],
  ["session", true],
];

class PersistView implements MountedPart {
  readonly #context: PartContext;
  readonly #real: RealCard;
  readonly #lanes = new Map(laneKinds.map(([kind, isOn]) => [`${kind}-${isOn}`, new Lane(kind, isOn)]));
  readonly #state = make("p", "lab-small", livingText);
  readonly #axis = make("div", "persist-axis");
  readonly #note = make("p", "lab-small");
  readonly #clock = make("span", "persist-clock");
  /** Of the stories that are shown. */
  #shownHours = 0;
  #frame: number | undefined;
  #settings: LifeSettings = { hours: 2, natMinutes: 15, newsMinutes: 5, heartbeatSeconds: 20, trouble: "move" };
  #timer: number | undefined;

  constructor(root: HTMLElement, context: PartContext) {
    this.#context = context;
    this.#real = new RealCard(() => context.server.socketUrl("persist", "real"));
    this.#axis.setAttribute("aria-hidden", "true");
    this.#state.setAttribute("role", "status");
    say(this.#note, troubleNotes[this.#settings.trouble]);
    root.append(
      card(hoursTitle, [
        paragraph(hoursText),
        make("div", "lab-controls", [
          this.#setting("hours", hoursOf),
          this.#setting("natMinutes", minutesOf),
          this.#setting("newsMinutes", minutesOf),
          this.#setting("heartbeatSeconds", secondsOf),
        ]),
        choice<Trouble>({
          name: troubleText,
          values: troubles.map((trouble) => [trouble, troubleTexts[trouble]] as const),
          value: this.#settings.trouble,
          changed: (trouble) => {
            say(this.#note, troubleNotes[trouble]);
            this.#change({ trouble });
          },
        }),
        this.#note,
        make("div", "persist-play", [button(playText, () => this.#play()), this.#clock]),
        make("div", "persist-lanes", [...[...this.#lanes.values()].map(({ root: lane }) => lane), this.#axis]),
        legend(),
        this.#state,
        paragraph(noticeText),
        paragraph(natText, "lab-small"),
      ]),
      this.#real.root,
      paragraph(readMoreText, "lab-small"),
    );
  }

  start(): void {
    this.#real.start();
    this.#live();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#endPlay();
    this.#real.stop();
    this.#tell({ type: "end" });
  }

  receive(message: unknown): void {
    const report = message as PersistReport;
    switch (report.type) {
      case "beat":
        this.#real.beat(report);
        break;
      case "story":
        this.#lanes.get(`${report.story.kind}-${report.story.hasHeartbeat}`)?.show(report.story, report.settings);
        this.#shownHours = report.settings.hours;
        this.#showAxis(report.settings.hours);
        break;
      case "lived":
        say(this.#state, livedText(hoursOf(this.#settings.hours), writeMs(report.realMs)));
        break;
      case "unlived":
        say(this.#state, unlivedTexts[report.reason]);
        if (report.reason === "failed") break;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#live(), busyMs);
        break;
    }
  }

  #setting(name: keyof typeof settingTexts, write: (value: number) => Text): HTMLElement {
    return slider({
      name: settingTexts[name],
      values: choices[name],
      value: this.#settings[name],
      write,
      changed: (value) => this.#change({ [name]: value }),
    });
  }

  #change(change: Partial<LifeSettings>): void {
    this.#settings = { ...this.#settings, ...change };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#live(), settleMs);
  }

  /** Virtual time beside real: what was lived is drawn again as it went. */
  #play(): void {
    this.#endPlay();
    if (this.#shownHours === 0) return;
    const startedAt = performance.now();
    const step = (): void => {
      const realMs = performance.now() - startedAt;
      const share = Math.min(1, realMs / playMs);
      for (const lane of this.#lanes.values()) lane.reveal(share);
      say(this.#clock, clockText(writeTime(share * this.#shownHours * 60), `${(realMs / 1_000).toFixed(1)} s`));
      this.#frame = share < 1 ? requestAnimationFrame(step) : undefined;
    };
    step();
  }

  #endPlay(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    for (const lane of this.#lanes.values()) lane.reveal(1);
  }

  #live(): void {
    this.#endPlay();
    say(this.#state, livingText);
    this.#tell({ type: "live", settings: this.#settings });
  }

  #showAxis(hours: number): void {
    const marks = Array.from({ length: 5 }, (_, index) => {
      return make("span", "", writeTime((hours * 60 * index) / 4));
    });
    this.#axis.replaceChildren(...marks);
  }

  #tell(request: PersistRequest): void {
    this.#context.server.tell("persist", request);
  }
}

/** 2:05 */
function writeTime(minutes: number): string {
  return `${Math.floor(minutes / 60)}:${String(Math.floor(minutes % 60)).padStart(2, "0")}`;
}

function legend(): HTMLElement {
  return make(
    "ul",
    "persist-legend",
    (Object.keys(legendTexts) as (keyof typeof legendTexts)[]).map((name) =>
      make("li", "", [make("span", `persist-key persist-key-${name}`), make("span", "", legendTexts[name])]),
    ),
  );
}
