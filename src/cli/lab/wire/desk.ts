// One page's two connections: its own, looked at where it enters the server, and the raw one that it writes byte by byte. Tells the page
// every byte of both. What the bytes mean is the page's to find out. Ends with the page, or when the page says so.
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { LongwireServer, ServerSocket } from "../../../server/index.ts";
import { authorityOf } from "../../address.ts";
import type { LabPage } from "../pages.ts";
import type { PassageWay, SelfAddress } from "../part.ts";
import { headOf, RawHead } from "../raw-head.ts";
import { RawLine } from "../raw-line.ts";
import { RawTap } from "../raw-tap.ts";
import type { Connection, Direction, ServerAct, WireReport, WireRequest } from "./wire.ts";

export interface DeskSurroundings {
  address(): SelfAddress | undefined;
  readonly live: Pick<LongwireServer, "handleUpgrade">;
}

/** Who writes faster than the server reads is not waited for. */
const mostPendingBytes = 1_000_000;

/** “Hel”, a ping, “lo p”, “age”: a message in three fragments, and a control frame that may stand between them. RFC 6455 §5.4 */
const fragments = Buffer.concat([
  Buffer.from([0x01, 3, ...Buffer.from("Hel")]),
  Buffer.from([0x89, 2, ...Buffer.from("hi")]),
  Buffer.from([0x00, 4, ...Buffer.from("lo p")]),
  Buffer.from([0x80, 3, ...Buffer.from("age")]),
]);

export class WireDesk implements PassageWay {
  readonly #page: LabPage;
  readonly #surroundings: DeskSurroundings;
  #live: { readonly tap: RawTap; socket?: ServerSocket } | undefined;
  #raw: RawLine | undefined;
  #isRawOpen = false;
  /** What the page wrote before the handshake was over. */
  #waiting: Buffer[] = [];

  constructor(page: LabPage, surroundings: DeskSurroundings) {
    this.#page = page;
    this.#surroundings = surroundings;
  }

  receive(request: Exclude<WireRequest, { readonly type: "end" }>): void {
    switch (request.type) {
      case "dial":
        this.#dial();
        break;
      case "write":
        this.#write(Buffer.from(request.hex, "hex"));
        break;
      case "drop":
        this.#raw?.destroy();
        break;
      case "act":
        this.#act(request.act);
        break;
    }
  }

  // --- the page's own connection ---

  answer(_path: string, _message: IncomingMessage, response: ServerResponse): void {
    response.writeHead(404, { "Cache-Control": "no-store", "Content-Length": 0 }).end();
  }

  upgrade(_path: string, message: IncomingMessage, socket: Duplex, head: Uint8Array): void {
    this.#live?.tap.destroy();
    const request = headOf(message);
    const answer = new RawHead();
    const tap: RawTap = new RawTap(socket, (direction, bytes) => {
      if (this.#live?.tap !== tap) return;
      const response = direction === "out" && !answer.isOver ? answer.receive(bytes) : undefined;
      if (response !== undefined) {
        this.#tell({ type: "opened", connection: "live", request, response: response.head });
        this.#show("live", "down", response.rest);
      } else {
        this.#show("live", direction === "in" ? "up" : "down", bytes);
      }
    });
    this.#live = { tap };
    tap.on("error", () => {});
    tap.on("close", () => {
      if (this.#live?.tap !== tap) return;
      this.#live = undefined;
      this.#tell({ type: "ended", connection: "live", at: performance.now(), fault: undefined });
    });
    if (!this.#surroundings.live.handleUpgrade(message, tap, head)) tap.destroy();
  }

  /** The live server has let it in. */
  enter(socket: ServerSocket): void {
    if (this.#live !== undefined) this.#live.socket = socket;
  }

  #act(act: ServerAct): void {
    const { tap, socket } = this.#live ?? {};
    if (socket?.readyState !== 1) return;
    if (act === "ping") socket.ping("are you there?");
    else if (act === "binary") socket.send(randomBytes(16));
    else if (act === "close") socket.close(1001, "The server is leaving.");
    // The engine writes whole messages only; these are put between two of its frames.
    else tap?.insert(fragments);
  }

  // --- the raw connection ---

  #dial(): void {
    this.#raw?.destroy();
    this.#waiting = [];
    this.#isRawOpen = false;
    const address = this.#surroundings.address();
    if (address === undefined) return;
    const request =
      `GET /lab/wire/${this.#page.id}/echo HTTP/1.1\r\nHost: ${authorityOf(address.host, address.port)}\r\n` +
      `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n` +
      "Sec-WebSocket-Version: 13\r\n\r\n";
    const answer = new RawHead();
    const line: RawLine = new RawLine(address, {
      opened: () => line.write(Buffer.from(request, "latin1")),
      received: (chunk) => {
        if (this.#raw !== line) return;
        if (answer.isOver) {
          this.#show("raw", "down", chunk);
          return;
        }
        const response = answer.receive(chunk);
        if (response === undefined) return;
        this.#tell({ type: "opened", connection: "raw", request, response: response.head });
        this.#show("raw", "down", response.rest);
        this.#isRawOpen = true;
        for (const bytes of this.#waiting.splice(0)) this.#write(bytes);
      },
      ended: (fault) => {
        if (this.#raw !== line) return;
        this.#raw = undefined;
        this.#tell({ type: "ended", connection: "raw", at: performance.now(), fault });
      },
    });
    this.#raw = line;
  }

  #write(bytes: Buffer): void {
    const line = this.#raw;
    if (line === undefined) return;
    if (!this.#isRawOpen) {
      if (this.#waiting.length < 16) this.#waiting.push(bytes);
      return;
    }
    if (line.pendingBytes > mostPendingBytes) {
      line.destroy();
      return;
    }
    line.write(bytes);
    this.#show("raw", "up", bytes);
  }

  close(): void {
    const [live, raw] = [this.#live, this.#raw];
    this.#live = undefined;
    this.#raw = undefined;
    live?.tap.destroy();
    raw?.destroy();
  }

  #show(connection: Connection, direction: Direction, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
    this.#tell({ type: "bytes", connection, direction, at: performance.now(), hex });
  }

  #tell(report: WireReport): void {
    if (report.type === "bytes" && !this.#page.spend(report.hex.length)) return;
    this.#page.tell("wire", report);
  }
}
