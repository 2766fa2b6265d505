// A client that does what a rule of the suites tells it, right or wrong, over a WebSocket. Decides nothing.

import { WebSocket } from "ws";
import { ack, data, type Heard, hello, open, packetsOf, readPacket, resume, type Said, type Welcome } from "./codec.ts";
import type { Target } from "./target.ts";

type Named<Name extends Said["name"]> = Extract<Said, { name: Name }>;
type Kind<Name extends Heard["kind"]> = Extract<Heard, { kind: Name }>;

export const PATIENCE_MS = 4_000;

/** One that has a session. */
export type Welcomed = Welcome & { readonly peer: Peer };

export class Peer {
  readonly #socket: WebSocket;
  readonly #heard: Said[] = [];
  readonly #waiting = new Set<() => void>();
  /** The code with which the server has ended the transport. */
  closeCode: number | undefined;
  /** For how long it waits for what it expects. */
  patienceMs = PATIENCE_MS;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (message: Buffer) => {
      this.#heard.push(...packetsOf(message).map(readPacket));
      this.#tell();
    });
    socket.on("close", (code) => {
      this.closeCode = code;
      this.#tell();
    });
    socket.on("error", () => this.#tell());
  }

  /** Connects, and is greeted. */
  static async dial(
    { origin, base }: Target,
    { protocols = ["longwire.1"], page }: { protocols?: readonly string[]; page?: string | undefined } = {},
  ): Promise<Peer> {
    const url = `${origin.replace(/^http/, "ws")}${base}`;
    const peer = new Peer(new WebSocket(url, [...protocols], page === undefined ? {} : { origin: page }));
    await peer.next("GREET");
    return peer;
  }

  /** With a session of its own. */
  static async welcome(target: Target, token?: string): Promise<Welcomed> {
    const peer = await Peer.dial(target);
    peer.send(hello(1, token));
    const welcome = await peer.next("WELCOME");
    peer.send(ack(0));
    return { ...welcome, peer };
  }

  /** With a session, and channel 1 to the echo route. */
  static async echo(target: Target, credit?: number, token?: string): Promise<Welcomed> {
    const welcomed = await Peer.welcome(target, token);
    welcomed.peer.send(data(open(1, target.echo, credit)));
    await welcomed.peer.hear("ACCEPT");
    return welcomed;
  }

  /** In the session of `ticket`. */
  static async again(
    target: Target,
    ticket: Uint8Array,
    attempt: number,
    received: number,
    token?: string,
  ): Promise<Peer> {
    const peer = await Peer.dial(target);
    peer.send(resume(ticket, attempt, received, token));
    return peer;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  send(...packets: readonly (Uint8Array | string)[]): void {
    for (const packet of packets) this.#socket.send(packet);
  }

  /** The next packet of that name; others before it are passed over, after `passed` has seen them. */
  async next<Name extends Said["name"]>(name: Name, passed?: (said: Said) => void): Promise<Named<Name>> {
    const fits = (said: Said): boolean => {
      if (said.name !== name) passed?.(said);
      return said.name === name;
    };
    return (await this.#find(fits, name)) as Named<Name>;
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
    const until = Date.now() + this.patienceMs;
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
    const until = Date.now() + this.patienceMs;
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
