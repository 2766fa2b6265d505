// The part “The wire” of the lab: the page's own WebSocket with every frame of it, a raw connection for frames that no browser would
// send, and the close codes. The bytes come from the half on the server; the drawings are made with longwire/protocol.
import "./drawing.css";
import "./wire.css";
import type { ServerAct, WireReport, WireRequest } from "../../../src/cli/lab/wire/wire.ts";
import { button, card, make, paragraph } from "../elements.ts";
import { label, say } from "../language.ts";
import type { MountedPart, Part, PartContext } from "../part.ts";
import {
  actTexts,
  closedByPageText,
  lead,
  liveText,
  liveTitle,
  messageText,
  readMoreText,
  sendText,
  title,
} from "../texts/wire.ts";
import { closeCodeCard } from "./close-codes.ts";
import { FrameList } from "./frame-list.ts";
import { OwnFrame } from "./own-frame.ts";
import { closeFrame } from "./presets.ts";

export const wire: Part = { id: "wire", title, lead, mount: (root, context) => new WireView(root, context) };

class WireView implements MountedPart {
  readonly #context: PartContext;
  readonly #live = new FrameList("live");
  readonly #raw = new FrameList("raw");
  readonly #own: OwnFrame;
  readonly #heard = make("p", "lab-small");
  readonly #text = make("input", "wire-text");
  readonly #open: HTMLButtonElement;
  #socket: WebSocket | undefined;
  #isRawOpen = false;
  #isStarted = false;
  /** Asked for before the server's half was there. */
  #waiting: string | undefined;

  constructor(root: HTMLElement, context: PartContext) {
    this.#context = context;
    this.#own = new OwnFrame(this.#raw, (hex) => this.#sendRaw(hex));
    this.#open = button(actTexts.open, () => this.#dial());
    this.#open.hidden = true;
    this.#text.type = "text";
    this.#text.value = "Hello, wire!";
    this.#text.maxLength = 200;
    label(this.#text, "aria-label", messageText);
    const form = make("form", "wire-say", [this.#text, make("button", "lab-strong-button", sendText)]);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#sendLive(this.#text.value);
    });
    this.#heard.hidden = true;
    const act = (name: ServerAct): HTMLButtonElement =>
      button(actTexts[name], () => this.#tell({ type: "act", act: name }));
    root.append(
      card(liveTitle, [
        paragraph(liveText),
        form,
        make("div", "lab-buttons", [
          button(actTexts.long, () => this.#sendLive("W".repeat(200))),
          button(actTexts.longest, () => this.#sendLive("W".repeat(66_000))),
          act("ping"),
          act("binary"),
          act("fragments"),
          button(actTexts.closeHere, () => this.#socket?.close(1000, "That was all.")),
          act("close"),
          this.#open,
        ]),
        this.#heard,
        this.#live.root,
      ]),
      this.#own.root,
      closeCodeCard((code) => this.#own.sendThese(closeFrame(code))),
      paragraph(readMoreText, "lab-small"),
    );
  }

  start(): void {
    this.#isStarted = true;
    this.#dial();
    if (this.#waiting !== undefined) this.#sendRaw(this.#waiting);
    this.#waiting = undefined;
  }

  stop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.#isRawOpen = false;
    this.#isStarted = false;
    this.#own.leave();
    this.#tell({ type: "end" });
  }

  receive(message: unknown): void {
    const report = message as WireReport;
    this.#live.receive(report);
    const passed = this.#raw.receive(report);
    if (report.connection !== "raw") return;
    this.#own.answered(passed);
    if (report.type !== "ended") return;
    this.#isRawOpen = false;
    this.#own.ended();
  }

  #dial(): void {
    const { server } = this.#context;
    const socket = new WebSocket(server.socketUrl("passage/wire", "live"));
    this.#socket = socket;
    this.#open.hidden = true;
    this.#heard.hidden = true;
    socket.addEventListener("open", () => this.#sendLive("Hello"));
    socket.addEventListener("close", ({ code, reason }) => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#open.hidden = false;
      this.#heard.hidden = false;
      say(this.#heard, closedByPageText(code, reason));
    });
  }

  #sendLive(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  #sendRaw(hex: string): void {
    if (!this.#isStarted) {
      this.#waiting = hex;
      return;
    }
    if (!this.#isRawOpen) this.#tell({ type: "dial" });
    this.#isRawOpen = true;
    this.#tell({ type: "write", hex });
  }

  #tell(request: WireRequest): void {
    this.#context.server.tell("wire", request);
  }
}
