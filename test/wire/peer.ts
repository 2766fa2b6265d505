// A client that does what a rule of the suites tells it, right or wrong, over a WebSocket or by requests. Decides nothing.

import { WebSocket } from "ws";
import { ack, body, data, type Heard, hello, open, readBody, readPacket, resume, type Said } from "./codec.ts";

/** The server that is tested. */
export interface Target {
  /** `http://host:port` */
  readonly origin: string;
  /** The path of a route that answers each message with itself. */
  readonly echo: string;
  /** The path of the line. */
  readonly base: string;
}

type Named<Name extends Said["name"]> = Extract<Said, { name: Name }>;
type Kind<Name extends Heard["kind"]> = Extract<Heard, { kind: Name }>;

const PATIENCE_MS = 4_000;

export class Peer {
  readonly #socket: WebSocket;
  readonly #heard: Said[] = [];
  readonly #waiting = new Set<() => void>();
  /** The code with which the server has ended the transport. */
  closeCode: number | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (message: Buffer) => {
      this.#heard.push(readPacket(message));
      this.#tell();
    });
    socket.on("close", (code) => {
      this.closeCode = code;
      this.#tell();
    });
    socket.on("error", () => this.#tell());
  }

  /** Connects, and is greeted. */
  static async dial({ origin, base }: Target, protocols: readonly string[] = ["longwire.1"]): Promise<Peer> {
    const peer = new Peer(new WebSocket(`${origin.replace(/^http/, "ws")}${base}`, [...protocols]));
    await peer.next("GREET");
    return peer;
  }

  /** With a session of its own. */
  static async welcome(target: Target): Promise<{ peer: Peer; ticket: Uint8Array; maxMessage: number }> {
    const peer = await Peer.dial(target);
    peer.send(hello());
    const { ticket, maxMessage } = await peer.next("WELCOME");
    peer.send(ack(0));
    return { peer, ticket, maxMessage };
  }

  /** With a session, and channel 1 to the echo route. */
  static async echo(target: Target, credit?: number): Promise<{ peer: Peer; ticket: Uint8Array; maxMessage: number }> {
    const welcomed = await Peer.welcome(target);
    welcomed.peer.send(data(open(1, target.echo, credit)));
    await welcomed.peer.hear("ACCEPT");
    return welcomed;
  }

  /** In the session of `ticket`. */
  static async again(target: Target, ticket: Uint8Array, attempt: number, received: number): Promise<Peer> {
    const peer = await Peer.dial(target);
    peer.send(resume(ticket, attempt, received));
    return peer;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  send(...packets: readonly (Uint8Array | string)[]): void {
    for (const packet of packets) this.#socket.send(packet);
  }

  /** The next packet of that name; others before it are passed over. */
  async next<Name extends Said["name"]>(name: Name): Promise<Named<Name>> {
    return (await this.#find((said) => said.name === name, name)) as Named<Name>;
  }

  /** The next envelope of that kind; others before it are passed over. */
  async hear<Name extends Heard["kind"]>(kind: Name): Promise<Kind<Name>> {
    const said = await this.#find((one) => one.name === "DATA" && one.envelope.kind === kind, kind);
    return (said as Named<"DATA">).envelope as Kind<Name>;
  }

  /** The bytes of the next whole message on `channel`, with the credit for them granted on the way. */
  async message(channel: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for (;;) {
      const said = (await this.#find(
        (one) => one.name === "DATA" && one.envelope.kind === "SLICE" && one.envelope.channel === channel,
        `a message on ${channel}`,
      )) as Named<"DATA">;
      const { bytes, flags } = said.envelope as Kind<"SLICE">;
      parts.push(bytes);
      if ((flags & 0x10) !== 0) return Buffer.concat(parts);
    }
  }

  async #find(fits: (said: Said) => boolean, what: string): Promise<Said> {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      while (this.#heard.length > 0) {
        const said = this.#heard.shift() as Said;
        if (fits(said)) return said;
      }
      if (this.closeCode !== undefined) throw new Error(`Expected ${what}; the server closed with ${this.closeCode}.`);
      if (Date.now() >= until) throw new Error(`Expected ${what}; nothing of the kind came.`);
      await this.#change(until - Date.now());
    }
  }

  /** The code with which the server ends the transport. */
  async end(): Promise<number> {
    const until = Date.now() + PATIENCE_MS;
    while (this.closeCode === undefined) {
      if (Date.now() >= until) throw new Error("Expected the transport to be closed; it stays open.");
      await this.#change(until - Date.now());
    }
    return this.closeCode;
  }

  #change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(go);
        resolve();
      };
      const timer = setTimeout(go, ms);
      this.#waiting.add(go);
    });
  }

  #tell(): void {
    for (const go of this.#waiting) go();
  }

  /** What it has heard and nobody has asked for. */
  get heard(): readonly Said[] {
    return this.#heard;
  }

  /** The transport breaks. */
  cut(): void {
    this.#socket.terminate();
  }
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly said: readonly Said[];
}

export interface Asking {
  readonly ticket?: Uint8Array;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

function requestOf(target: Target, action: string, { ticket, method = "POST", headers, body: bytes }: Asking): Request {
  const shown = ticket === undefined ? {} : { "longwire-ticket": Buffer.from(ticket).toString("base64url") };
  const type = bytes === undefined ? {} : { "content-type": "application/longwire" };
  const sent = bytes === undefined ? {} : { body: Buffer.from(bytes) };
  return new Request(`${target.origin}${target.base}/${action}`, {
    method,
    headers: { ...type, ...shown, ...headers },
    ...sent,
  });
}

export async function ask(target: Target, action: string, asking: Asking): Promise<Answered> {
  const response = await fetch(requestOf(target, action, asking), { signal: AbortSignal.timeout(PATIENCE_MS) });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const isOurs = response.headers.get("content-type") === "application/longwire";
  return { status: response.status, headers: response.headers, said: isOurs ? readBody(bytes) : [] };
}

/** The first packets of an answer that stays open, which is then left. */
export async function listen(target: Target, action: string, asking: Asking): Promise<Answered> {
  const controller = new AbortController();
  const response = await fetch(requestOf(target, action, asking), { signal: controller.signal });
  const reader = response.body?.getReader();
  const { value = new Uint8Array(0) } = (await reader?.read()) ?? {};
  void reader?.cancel().catch(() => {});
  return { status: response.status, headers: response.headers, said: readBody(value) };
}

/** A session by requests, with channel 1 to the echo route. Its ticket, after the first poll. */
export async function openByRequest(target: Target): Promise<{ ticket: Uint8Array; received: number }> {
  const { said } = await ask(target, "open", { body: body(hello(), Uint8Array.of(4, 1), data(open(1, target.echo))) });
  const welcome = said.find((one) => one.name === "WELCOME");
  if (welcome?.name !== "WELCOME") throw new Error("Expected WELCOME in the answer.");
  const { ticket } = welcome;
  if (said.some((one) => one.name === "DATA")) return { ticket, received: 1 };
  const answer = await poll(target, ticket, 0, 3);
  if (!answer.said.some((one) => one.name === "DATA")) throw new Error("Expected ACCEPT.");
  return { ticket, received: 1 };
}

export function poll(target: Target, ticket: Uint8Array, received: number, wait = 0): Promise<Answered> {
  const prefer = wait > 0 ? { prefer: `wait=${wait}` } : {};
  return ask(target, "poll", { method: "GET", ticket, headers: { "longwire-received": String(received), ...prefer } });
}
