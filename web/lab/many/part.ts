// Many in one: four streams over both ways, what passes on the wire, what may still be sent, and how long the small messages take.
import "./many.css";
import {
  choices,
  type ManyAnswer,
  type ManyRequest,
  type ManySettings,
  type StreamMessage,
  streams,
  type Way,
  ways,
} from "../../../src/cli/lab/many/wire.ts";
import { button, card, make, paragraph, slider, toggle } from "../elements.ts";
import { label, say } from "../language.ts";
import { writeBytes, writeMs } from "../number-text.ts";
import type { MountedPart, Part, PartContext } from "../part.ts";
import { Table } from "../table.ts";
import {
  afreshText,
  beginningText,
  columnTexts,
  creditText,
  creditTitle,
  doneText,
  downText,
  fullText,
  holdText,
  howText,
  latencyText,
  latencyTitle,
  lead,
  otherText,
  perSecondText,
  plainText,
  quietText,
  readMoreText,
  runningText,
  sizeText,
  streamNames,
  streamTexts,
  tableNoteText,
  tableText,
  title,
  transferText,
  upText,
  wayNames,
  widthText,
  wireText,
  wireTitle,
} from "../texts/many.ts";
import { connect, type Connections } from "./connections.ts";
import { CreditView } from "./credit-view.ts";
import { EchoForm } from "./echo-form.ts";
import { Latencies, smalls, type Took } from "./latencies.ts";
import { LatencyPicture } from "./latency-picture.ts";
import { TransferView } from "./transfer-view.ts";
import { Turns } from "./turns.ts";
import { WirePicture } from "./wire-picture.ts";

export const many: Part = { id: "many", title, lead, mount: (root, context) => new ManyView(root, context) };

/** Who prefers less motion sees the pictures change less often. */
const drawMs = matchMedia("(prefers-reduced-motion: reduce)").matches ? 500 : 100;
const telemetryMs = 50;

class ManyView implements MountedPart {
  readonly #context: PartContext;
  readonly #now = make("p", "many-now", beginningText);
  readonly #transfer: HTMLButtonElement;
  readonly #pictures = {
    down: new WirePicture(downText, 5),
    up: new WirePicture(upText, 2),
    plain: new WirePicture(plainText, 4),
  };
  readonly #turns = new Turns();
  readonly #credits = new CreditView();
  readonly #latencyPicture = new LatencyPicture();
  readonly #transfers: Readonly<Record<Way, TransferView>> = {
    session: new TransferView("session"),
    plain: new TransferView("plain"),
  };
  readonly #table: Table;
  readonly #echo: EchoForm;
  #latencies = new Latencies();
  #settings: ManySettings = { bytesPerSecond: 1_000_000, transferBytes: 4_194_304 };
  #connections: Connections | undefined;
  #run = 0;
  #said = 0;
  #isHeld = false;
  #hasTransferred = false;
  #timers: readonly number[] = [];

  constructor(root: HTMLElement, context: PartContext) {
    this.#context = context;
    this.#transfer = button(transferText, () => this.#tell({ type: "transfer" }), "lab-strong-button many-start");
    this.#echo = new EchoForm((text) => this.#say("chat", text));
    this.#table = new Table(
      tableText,
      columnTexts,
      smalls.map((stream) => ({ name: streamNames[stream], mark: stream })),
    );
    this.#now.setAttribute("role", "status");
    root.append(
      this.#controls(),
      this.#now,
      make(
        "div",
        "many-transfers",
        ways.map((way) => this.#transfers[way].root),
      ),
      this.#echo.root,
      card(wireTitle, [
        legend(),
        this.#pictures.down.root,
        this.#pictures.up.root,
        this.#turns.root,
        this.#pictures.plain.root,
        make("div", "lab-buttons", [toggle(holdText, false, (isOn) => (this.#isHeld = isOn))]),
        paragraph(wireText, "lab-small"),
      ]),
      card(creditTitle, [this.#credits.root, paragraph(creditText, "lab-small")]),
      card(latencyTitle, [wayLegend(), this.#latencyPicture.root, paragraph(latencyText, "lab-small")]),
      this.#table.root,
      paragraph(tableNoteText, "lab-small"),
      paragraph(howText, "lab-small"),
      paragraph(readMoreText, "lab-small"),
    );
  }

  start(): void {
    this.#begin();
  }

  stop(): void {
    this.#end();
    this.#tell({ type: "end" });
  }

  receive(message: unknown): void {
    const answer = message as ManyAnswer;
    switch (answer.type) {
      case "full":
        say(this.#now, fullText);
        break;
      case "ready":
        if (answer.run === this.#run) this.#connect();
        break;
      case "started":
        if (answer.run !== this.#run) return;
        this.#latencies.begin(answer.at, answer.bytes);
        this.#hasTransferred = true;
        this.#turns.clear();
        say(this.#now, runningText);
        break;
      case "report":
        if (answer.run !== this.#run) return;
        this.#turns.add(answer.passed.session);
        if (this.#isHeld) return;
        this.#pictures.down.add(answer.passed.session.filter(({ isDown }) => isDown));
        this.#pictures.up.add(answer.passed.session.filter(({ isDown }) => !isDown));
        this.#pictures.plain.add(answer.passed.plain.filter(({ isDown }) => isDown));
        this.#credits.show(answer.credits);
        break;
    }
  }

  #controls(): HTMLElement {
    const change = (next: Partial<ManySettings>): void => {
      this.#settings = { ...this.#settings, ...next };
      this.#tell({ type: "set", settings: this.#settings });
    };
    return make("div", "lab-card", [
      make("div", "lab-controls", [
        make("div", "lab-buttons", [this.#transfer, button(afreshText, () => this.#begin())]),
        slider({
          name: widthText,
          values: choices.bytesPerSecond,
          value: this.#settings.bytesPerSecond,
          write: (bytes) => perSecondText(writeBytes(bytes)),
          changed: (bytesPerSecond) => change({ bytesPerSecond }),
        }),
        slider({
          name: sizeText,
          values: choices.transferBytes,
          value: this.#settings.transferBytes,
          write: (bytes) => ({ en: `${bytes / 1_048_576} MiB`, zh: `${bytes / 1_048_576} MiB` }),
          changed: (transferBytes) => change({ transferBytes }),
        }),
      ]),
    ]);
  }

  #begin(): void {
    this.#end();
    this.#run++;
    this.#latencies = new Latencies();
    this.#hasTransferred = false;
    for (const picture of Object.values(this.#pictures)) picture.clear();
    this.#turns.clear();
    this.#credits.clear();
    this.#latencyPicture.clear();
    this.#echo.clear();
    this.#transfer.disabled = true;
    say(this.#now, beginningText);
    this.#tell({ type: "begin", run: this.#run, settings: this.#settings });
    this.#timers = [setInterval(() => this.#show(), drawMs)];
  }

  #end(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    this.#connections?.end();
    this.#connections = undefined;
  }

  #connect(): void {
    const { server } = this.#context;
    this.#connections?.end();
    const base = new URL(`/lab/passage/many/${server.page}/`, location.href).href;
    this.#connections = connect(base, this.#run, {
      heard: (way, message) => this.#hear(way, message),
      received: (way, bytes) => this.#latencies.advance(way, bytes, server.serverNow()),
      opened: () => {
        say(this.#now, quietText);
        this.#timers = [...this.#timers, setInterval(() => this.#say("telemetry", "reading"), telemetryMs)];
      },
    });
  }

  #say(to: "chat" | "telemetry", text: string): number {
    const n = ++this.#said;
    this.#connections?.say({ to, n, at: performance.now(), text });
    return n;
  }

  #hear(way: Way, { to, n, at, text }: StreamMessage): void {
    if (to === "transfer") return;
    const now = performance.now();
    const serverNow = this.#context.server.serverNow();
    // What this page said comes back with this page's time.
    if (this.#echo.receive(way, to, n, text, now - at)) return;
    const isOwn = to === "telemetry";
    const ms = Math.max(0, (isOwn ? now : serverNow) - at);
    this.#latencies.add(way, to, serverNow - ms, ms);
    this.#latencyPicture.add(way, ms);
  }

  #show(): void {
    const latencies = this.#latencies;
    const { isTransferring } = latencies;
    this.#transfer.disabled = isTransferring || this.#connections === undefined;
    for (const picture of Object.values(this.#pictures)) picture.draw();
    this.#latencyPicture.draw(isTransferring);
    for (const way of ways) this.#transfers[way].show(latencies.transfer(way));
    for (const [row, stream] of smalls.entries()) {
      for (const [index, way] of ways.entries()) {
        const during = latencies.took(way, stream, "during");
        this.#table.set(row, 3 * index, write(latencies.took(way, stream, "alone")));
        this.#table.set(row, 3 * index + 1, write(during));
        this.#table.set(row, 3 * index + 2, during === undefined ? "–" : writeMs(during.worst));
      }
    }
    if (this.#hasTransferred && !isTransferring) {
      const [session, plain] = ways.map((way) => latencies.took(way, "feed", "during")?.median);
      // A price that had to wait for all of it comes behind it.
      if (session !== undefined && plain !== undefined) say(this.#now, doneText(writeMs(session), writeMs(plain)));
    }
  }

  #tell(request: ManyRequest): void {
    this.#context.server.tell("many", request);
  }
}

function write(took: Took | undefined): string {
  return took === undefined ? "–" : writeMs(took.median);
}

function wayLegend(): HTMLElement {
  const entries = ways.map((way) => {
    const name = make("li", "many-way", wayNames[way]);
    name.dataset["way"] = way;
    return name;
  });
  return make("ul", "many-legend", entries);
}

function legend(): HTMLElement {
  const entries = streams.map((stream) => {
    const name = make("span", "many-stream", streamNames[stream]);
    name.dataset["stream"] = stream;
    return make("li", "", [name, make("span", "many-legend-text", streamTexts[stream])]);
  });
  const list = make("ul", "many-legend", [...entries, make("li", "many-legend-text", otherText)]);
  label(list, "aria-label", wireTitle);
  return list;
}
