// One page's socket on which both sides have something to say at the same pace: only the server speaks (simplex), both by turns (half
// duplex), both whenever they want (full duplex). WebSocket itself is the last one; in the other two somebody keeps silent.
import type { PartSocket } from "../part.ts";
import type { LabPage } from "../pages.ts";
import { type DuplexAnswer, type DuplexMode, duplexPlan, type DuplexRequest, hasServerTurn } from "./wire.ts";

export class DuplexTalk {
  readonly #socket: PartSocket;
  readonly #page: LabPage;
  readonly #timer: NodeJS.Timeout;
  #mode: DuplexMode = "full";
  #count = 0;
  #lastMadeAt = 0;
  /** Made while the other side had the word. */
  #waiting: string[] = [];

  constructor(socket: PartSocket, page: LabPage) {
    this.#socket = socket;
    this.#page = page;
    this.#timer = setInterval(() => this.#tick(performance.now()), duplexPlan.everyMs / 4);
    this.#timer.unref();
  }

  receive(data: string | Uint8Array): void {
    const request = parseDuplexRequest(data);
    if (request?.type === "mode") {
      this.#mode = request.mode;
      this.#waiting = [];
    } else if (request?.type === "up") {
      const { n, madeAt } = request;
      this.#page.tell("way", { type: "heard", n, madeAt, at: performance.now() } satisfies DuplexAnswer);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(now: number): void {
    if (now - this.#lastMadeAt >= duplexPlan.everyMs - 1) {
      this.#lastMadeAt = now;
      this.#count += 1;
      this.#waiting.push(JSON.stringify({ type: "down", n: this.#count, madeAt: now } satisfies DuplexAnswer));
    }
    if (this.#mode === "half" && !hasServerTurn(now)) return;
    for (const text of this.#waiting) {
      this.#page.spend(text.length);
      this.#socket.send(text);
    }
    this.#waiting = [];
  }
}

export function parseDuplexRequest(data: string | Uint8Array): DuplexRequest | undefined {
  const value = parseObject(data);
  if (value === undefined) return undefined;
  const { type, mode, n, madeAt } = value;
  if (type === "mode" && (mode === "simplex" || mode === "half" || mode === "full")) return { type, mode };
  if (type === "up" && typeof n === "number" && typeof madeAt === "number") return { type, n, madeAt };
  return undefined;
}

/** A JSON object; undefined for everything else. */
export function parseObject(data: string | Uint8Array): Readonly<Record<string, unknown>> | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
