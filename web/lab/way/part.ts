// The way here: the socket calls, HTTP that remembers nothing, its ways to use a connection, what they still cannot do, and who may speak
// when. Puts the five together and brings them what the server says.
import "./way.css";
import type { DuplexAnswer, Said } from "../../../src/cli/lab/way/wire.ts";
import type { MountedPart, Part, PartContext } from "../part.ts";
import { lead, title } from "../texts/way.ts";
import { AnswersView } from "./answers-view.ts";
import { CallsView } from "./calls-view.ts";
import { DuplexView } from "./duplex-view.ts";
import { RunView } from "./run-view.ts";
import { VisitView } from "./visit-view.ts";

export const way: Part = { id: "way", title, lead, mount: (root, context) => new WayView(root, context) };

class WayView implements MountedPart {
  readonly #calls: CallsView;
  readonly #visits: VisitView;
  readonly #runs: RunView;
  readonly #answers: AnswersView;
  readonly #duplex: DuplexView;
  #wasStarted = false;

  constructor(root: HTMLElement, context: PartContext) {
    this.#calls = new CallsView(context);
    this.#visits = new VisitView(context);
    this.#runs = new RunView(context);
    this.#answers = new AnswersView(context);
    this.#duplex = new DuplexView(context);
    root.append(this.#calls.root, this.#visits.root, this.#runs.root, this.#answers.root, this.#duplex.root);
  }

  start(): void {
    this.#duplex.start();
    // The first look shows something without a press; after that it is the visitor's.
    if (this.#wasStarted) return;
    this.#wasStarted = true;
    void this.#begin();
  }

  stop(): void {
    this.#duplex.stop();
  }

  receive(message: unknown): void {
    const told = message as Said | Extract<DuplexAnswer, { type: "heard" }>;
    if (told.type === "said") this.#answers.receive(told);
    else this.#duplex.receive(told);
  }

  /** One after the other: each opens connections, and the server takes one run at a time. */
  async #begin(): Promise<void> {
    await this.#calls.run();
    await this.#visits.run();
    await this.#runs.run();
  }
}
