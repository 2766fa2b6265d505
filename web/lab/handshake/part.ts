// The part “The handshake” of the lab: a connection of this page and its heads, the proof computed, the time line, URLs, and what others
// get. Opens one WebSocket and asks the half on the server for what a page cannot see.
import "./handshake.css";
import type { HandshakeReport, HandshakeRequest } from "../../../src/cli/lab/handshake/wire.ts";
import { paragraph } from "../elements.ts";
import type { MountedPart, Part, PartContext } from "../part.ts";
import { lead, readMoreText, title } from "../texts/handshake.ts";
import { AcceptCard } from "./accept-card.ts";
import { HeadsCard } from "./heads-card.ts";
import { ProbeCard } from "./probe-card.ts";
import { TimeCard } from "./time-card.ts";
import { UrlCard } from "./url-card.ts";

export const handshake: Part = {
  id: "handshake",
  title,
  lead,
  mount: (root, context) => new HandshakeView(root, context),
};

class HandshakeView implements MountedPart {
  readonly #context: PartContext;
  readonly #heads = new HeadsCard(() => this.#dial());
  readonly #accept = new AcceptCard();
  readonly #time = new TimeCard(() => this.#tell({ type: "measure" }));
  readonly #probes = new ProbeCard((probe) => this.#tell({ type: "ask", probe }));
  #socket: WebSocket | undefined;

  constructor(root: HTMLElement, context: PartContext) {
    this.#context = context;
    root.append(
      this.#heads.root,
      this.#accept.root,
      this.#time.root,
      new UrlCard().root,
      this.#probes.root,
      paragraph(readMoreText, "lab-small"),
    );
  }

  start(): void {
    this.#dial();
    this.#tell({ type: "measure" });
    this.#probes.ask();
  }

  stop(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  receive(message: unknown): void {
    const report = message as HandshakeReport;
    if (report.type === "measured") {
      this.#time.show(report);
    } else if (report.type === "answered") {
      this.#probes.show(report);
    } else {
      this.#heads.show(report);
      this.#accept.show(report.request, report.response);
    }
  }

  #dial(): void {
    this.#socket?.close();
    const socket = new WebSocket(this.#context.server.socketUrl("passage/handshake", "socket"), ["lab.v2", "lab.v1"]);
    this.#socket = socket;
    socket.addEventListener("error", () => {
      if (this.#socket === socket) this.#heads.showBlocked();
    });
  }

  #tell(request: HandshakeRequest): void {
    this.#context.server.tell("handshake", request);
  }
}
