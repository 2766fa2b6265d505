// The break: the conversation held twice in this page, what is done to it, and what becomes of it.
import "./break.css";
import {
  type ArrivalCounts,
  type BreakAnswer,
  type BreakRequest,
  type Network,
  type Press,
  type Side,
  type SideReport,
  sides,
  talkPath,
} from "../../../src/cli/lab/break/wire.ts";
import { make, paragraph } from "../elements.ts";
import { say } from "../language.ts";
import { writeCount } from "../number-text.ts";
import type { MountedPart, Part, PartContext } from "../part.ts";
import { Table } from "../table.ts";
import {
  aboutText,
  beginningText,
  columnTexts,
  doneTexts,
  fullText,
  lead,
  legendTexts,
  networkTexts,
  pressTexts,
  readyText,
  rowText,
  stripText,
  stripTitle,
  tableNoteText,
  tableText,
  takenOutText,
  title,
  undoneTexts,
} from "../texts/break.ts";
import { reconnecting, repeating } from "./by-hand.ts";
import { Controls, type Hand } from "./controls.ts";
import { Log } from "./log.ts";
import { Notes } from "./notes.ts";
import { plainSide } from "./plain-side.ts";
import { sessionSide } from "./session-side.ts";
import { SideView } from "./side-view.ts";
import { Strip } from "./strip.ts";
import { Talker } from "./talker.ts";

export const breaking: Part = { id: "break", title, lead, mount: (root, context) => new BreakView(root, context) };

/** Who prefers less motion sees the pictures change less often. */
const drawMs = matchMedia("(prefers-reduced-motion: reduce)").matches ? 500 : 100;
/** After a change of network the browser needs a moment to say so. */
const onlineMs = 1_500;
const faultless: Network = { isHeld: false, isBlocked: false, isBuffered: false };
const none: ArrivalCounts = { arrived: 0, lost: 0, doubled: 0, late: 0 };

class BreakView implements MountedPart {
  readonly #context: PartContext;
  readonly #controls: Controls;
  readonly #now = make("p", "break-now", beginningText);
  readonly #views: Readonly<Record<Side, SideView>> = {
    plain: new SideView("plain"),
    session: new SideView("session"),
  };
  readonly #table: Table;
  readonly #strip = new Strip();
  readonly #log = new Log();
  readonly #notes = new Notes();
  #talkers: Readonly<Record<Side, Talker>> | undefined;
  #reports: Readonly<Record<Side, SideReport>> | undefined;
  #network = faultless;
  #hand: Hand = "reconnecting";
  #run = 0;
  #speaking: number | undefined;
  #drawing: number | undefined;

  constructor(root: HTMLElement, context: PartContext) {
    this.#context = context;
    this.#controls = new Controls({
      pressed: (what) => this.#press(what),
      switched: (what, isOn) => this.#switch(what, isOn),
      changed: (settings) => {
        this.#tell({ type: "set", settings });
        if (this.#speaking !== undefined) this.#speak();
      },
      handChosen: (hand) => {
        this.#hand = hand;
        this.#notes.show(hand === "repeating");
        this.#begin();
      },
      afresh: () => this.#begin(),
    });
    const rows = sides.flatMap((side) => [true, false].map((isDown) => ({ name: rowText(side, isDown), mark: side })));
    this.#table = new Table(tableText, columnTexts, rows);
    this.#now.setAttribute("role", "status");
    root.append(
      paragraph(aboutText),
      this.#controls.root,
      this.#now,
      make(
        "div",
        "break-sides",
        sides.map((side) => this.#views[side].root),
      ),
      make("div", "lab-card", [
        make("h3", "lab-card-title", stripTitle),
        this.#strip.root,
        legend(),
        paragraph(stripText, "lab-small"),
      ]),
      this.#controls.setting,
      this.#table.root,
      paragraph(tableNoteText, "lab-small"),
      this.#log.root,
      this.#notes.root,
    );
    this.#controls.setReady(false, false);
  }

  start(): void {
    this.#begin();
    this.#drawing = setInterval(() => this.#show(), drawMs);
  }

  stop(): void {
    clearInterval(this.#drawing);
    this.#end();
    this.#controls.setReady(false, false);
    this.#tell({ type: "end" });
  }

  receive(message: unknown): void {
    const answer = message as BreakAnswer;
    switch (answer.type) {
      case "full":
        say(this.#now, fullText);
        break;
      case "ready":
        if (answer.run === this.#run) this.#connect();
        break;
      case "report":
        if (answer.run !== this.#run || this.#talkers === undefined) return;
        this.#reports = answer.sides;
        for (const side of sides) {
          for (const [agoMs, kind] of answer.sides[side].arrivals) this.#strip.arrive(side, false, kind, agoMs);
        }
        this.#controls.setReady(true, answer.phase === "serving");
        break;
    }
  }

  /** Everything from the beginning; what the last run left in the network is taken out first. */
  #begin(): void {
    this.#end();
    this.#run++;
    this.#network = faultless;
    this.#controls.clear();
    this.#controls.setReady(false, false);
    this.#strip.clear();
    this.#log.clear();
    say(this.#now, beginningText);
    const isAnswered = this.#hand === "repeating";
    this.#tell({ type: "begin", run: this.#run, settings: this.#controls.settings, isAnswered });
  }

  #end(): void {
    clearInterval(this.#speaking);
    this.#speaking = undefined;
    this.#reports = undefined;
    // What a line has learned of a network that this page made up must not be believed by the next one.
    if (this.#talkers !== undefined) tellOnline();
    for (const talker of Object.values(this.#talkers ?? {})) talker.end();
    this.#talkers = undefined;
  }

  #connect(): void {
    const { server } = this.#context;
    const base = new URL(`/lab/passage/break/${server.page}/`, location.href).href;
    const owner: ConstructorParameters<typeof Talker>[1] = {
      serverNow: () => server.serverNow(),
      heard: (side, kind) => this.#strip.arrive(side, true, kind),
      changed: (side, carried, event) => {
        this.#strip.carry(side, carried);
        this.#log.add(side, event);
        this.#speakOnceOpen();
      },
    };
    const plainUrl = new URL(talkPath("plain", this.#run).slice(1), base.replace(/^http/, "ws")).href;
    const write = this.#hand === "repeating" ? repeating : reconnecting;
    this.#talkers = {
      plain: new Talker("plain", owner, plainSide(plainUrl, write)),
      session: new Talker("session", owner, sessionSide(`${base}longwire`, talkPath("session", this.#run))),
    };
    for (const side of sides) this.#strip.carry(side, "connecting");
  }

  /** Both begin at the same time, and from then on never stop. */
  #speakOnceOpen(): void {
    if (this.#speaking !== undefined || this.#talkers === undefined) return;
    if (!sides.every((side) => this.#talkers?.[side].hasOpened)) return;
    say(this.#now, readyText);
    this.#speak();
  }

  #speak(): void {
    clearInterval(this.#speaking);
    this.#speaking = setInterval(() => {
      for (const side of sides) this.#talkers?.[side].say();
    }, 1_000 / this.#controls.settings.rate);
  }

  #press(what: Press | "sleep"): void {
    this.#strip.mark(pressTexts[what]);
    this.#log.add("you", pressTexts[what]);
    say(this.#now, doneTexts[what]);
    if (what === "sleep") this.#sleep();
    else this.#tell({ type: "press", what });
  }

  #switch(what: keyof Network, isOn: boolean): void {
    this.#network = { ...this.#network, [what]: isOn };
    const text = isOn ? networkTexts[what] : takenOutText(networkTexts[what]);
    this.#strip.mark(text);
    this.#log.add("you", text);
    say(this.#now, isOn ? doneTexts[what] : undoneTexts[what]);
    this.#tell({ type: "network", network: this.#network });
    // Told by browsers that come into another network, a moment later.
    if (what !== "isHeld" && !isOn) setTimeout(tellOnline, onlineMs);
  }

  /** Waits for one answer and does nothing else: no timer of the page runs, no event is told, as in a laptop whose lid is closed. */
  #sleep(): void {
    const request = new XMLHttpRequest();
    request.open("GET", this.#context.server.apiUrl("break", "sleep"), false);
    try {
      request.send();
    } catch {
      // The server has gone meanwhile; the shell says so.
    }
    // What had arrived before the sleep is delivered first, and the network takes a moment.
    setTimeout(tellOnline, 500);
  }

  #show(): void {
    this.#strip.draw();
    const talkers = this.#talkers;
    if (talkers === undefined) return;
    for (const [index, side] of sides.entries()) {
      const talker = talkers[side];
      const report = this.#reports?.[side];
      const up = report?.up ?? none;
      this.#views[side].show(talker, talker.heard, up);
      this.#showRow(2 * index, report?.sent ?? 0, talker.heard);
      this.#showRow(2 * index + 1, talker.sent, up);
    }
  }

  #showRow(row: number, sent: number, { arrived, lost, doubled, late }: ArrivalCounts): void {
    // What is heard here may be newer than the server's report of what it sent.
    const said = Math.max(sent, arrived + lost);
    const onTheWay = said - arrived - lost;
    for (const [column, count] of [said, arrived, onTheWay, lost, doubled, late].entries()) {
      this.#table.set(row, column, writeCount(count));
    }
  }

  #tell(request: BreakRequest): void {
    this.#context.server.tell("break", request);
  }
}

function tellOnline(): void {
  dispatchEvent(new Event("online"));
}

function legend(): HTMLElement {
  const entries = Object.entries(legendTexts).map(([carried, text]) => {
    const entry = make("li", "break-legend-entry", text);
    entry.dataset["carried"] = carried;
    return entry;
  });
  return make("ul", "break-legend", entries);
}
