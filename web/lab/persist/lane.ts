// One story drawn along its hours: when the connection worked, when it was dead and somebody believed in it, the news, the heartbeat. An
// SVG whose colours come from the style sheet; what it shows is said in words below it.
import { type LifeSettings, type Story, troubleShare } from "../../../src/cli/lab/persist/wire.ts";
import { make } from "../elements.ts";
import { label, say, type Text } from "../language.ts";
import { writeBytes } from "../number-text.ts";
import { believedText, costText, laneTexts, lateText, lostText } from "../texts/persist.ts";
import { outcomeOf, spansOf } from "./outcome.ts";

const width = 1_000;
const height = 64;
const bandTop = 22;
const bandHeight = 20;
/** More strokes than this cannot be told apart. */
const mostBeats = 400;
/** Sooner than this is at once. */
const atOnceSeconds = 1;

export class Lane {
  readonly root: HTMLElement;
  readonly #name: Text;
  readonly #svg = svg("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", class: "persist-svg" });
  /** Lies over what has not happened yet, while the hours are played. */
  readonly #veil = svg("rect", { y: 0, height, class: "persist-veil" });
  readonly #result = make("p", "persist-result");
  readonly #cost = make("p", "lab-small");

  constructor(kind: Story["kind"], hasHeartbeat: boolean) {
    this.#name = laneTexts[`${kind}-${hasHeartbeat ? "on" : "off"}`];
    this.#svg.setAttribute("role", "img");
    label(this.#svg, "aria-label", this.#name);
    this.root = make("section", "persist-lane", [
      make("h4", "persist-lane-name", this.#name),
      this.#svg,
      this.#result,
      this.#cost,
    ]);
    this.root.dataset["lane"] = `${kind}-${hasHeartbeat ? "on" : "off"}`;
  }

  show(story: Story, settings: LifeSettings): void {
    const end = settings.hours * 3_600;
    const x = (seconds: number): number => (seconds / end) * width;
    this.#svg.replaceChildren(
      svg("rect", { x: 0, y: bandTop, width, height: bandHeight, class: "persist-ground" }),
      ...spansOf(story, end).map(({ from, to, state }) =>
        svg("rect", {
          x: x(from),
          y: bandTop,
          width: Math.max(1, x(to) - x(from)),
          height: bandHeight,
          class: `persist-${state}`,
        }),
      ),
      ...thin(story.beats).map((at) => stroke(x(at), height - 12, height - 4, "persist-beat")),
      ...story.messages.map(({ sentAt, arrivedAt }) =>
        stroke(x(sentAt), 4, bandTop - 3, arrivedAt === undefined ? "persist-lost" : "persist-news"),
      ),
      ...(settings.trouble === "none" ? [] : [stroke(x(end * troubleShare), 0, height, "persist-trouble")]),
      this.#veil,
    );
    this.reveal(1);
    this.#say(story, end);
  }

  /** Shows this share of the hours. */
  reveal(share: number): void {
    this.#veil.setAttribute("x", String(share * width));
    this.#veil.setAttribute("width", String((1 - share) * width));
    this.root.classList.toggle("persist-playing", share < 1);
  }

  #say(story: Story, end: number): void {
    const { lost, all, latest, server, page } = outcomeOf(story, end);
    const parts: Text[] = [lostText(lost, all)];
    if (latest > atOnceSeconds) parts.push(lateText(durationOf(latest).en));
    if (server !== undefined) parts.push(believedText("server", durationOf(server.seconds), server.isForEver));
    if (page !== undefined) parts.push(believedText("page", durationOf(page.seconds), page.isForEver));
    this.root.dataset["lost"] = String(lost);
    say(this.#result, { en: parts.map(({ en }) => en).join(""), zh: parts.map(({ zh }) => zh).join("") });
    say(this.#cost, costText(story.beats.length, writeBytes(story.beatBytes)));
  }
}

/** 14 s, 15 min, 2 h 5 min */
export function durationOf(seconds: number): Text {
  if (seconds < 120) return { en: `${Math.round(seconds)} s`, zh: `${Math.round(seconds)} 秒` };
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return { en: `${minutes} min`, zh: `${minutes} 分钟` };
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return {
    en: rest === 0 ? `${hours} h` : `${hours} h ${rest} min`,
    zh: rest === 0 ? `${hours} 小时` : `${hours} 小时 ${rest} 分钟`,
  };
}

function thin(beats: readonly number[]): readonly number[] {
  const step = Math.ceil(beats.length / mostBeats);
  return beats.filter((_, index) => index % step === 0);
}

function stroke(x: number, y1: number, y2: number, className: string): SVGElement {
  return svg("line", { x1: x, x2: x, y1, y2, class: className, "vector-effect": "non-scaling-stroke" });
}

function svg(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
