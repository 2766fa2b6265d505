// A client of the line over HTTP that says whatever a test wants: one request at a time, by hand. It decides nothing.
import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { type Packet, PacketType } from "../../src/session/packet.ts";
import { type ControlPacket, encodePacket } from "../../src/session/packet-encoder.ts";
import { BodyReader, joinPackets } from "../../src/transports/http/body.ts";
import { ticketText } from "../../src/transports/http/headers.ts";
import { describePacket, readPacket } from "./line-client.ts";
import { afterThisTest } from "./test-server.ts";

export interface LineAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly packets: readonly Packet[];
  /** The packets in words. */
  readonly told: readonly string[];
  /** The ticket of a WELCOME or RESUMED in it. */
  readonly ticket: Uint8Array;
}

export type Headers = Readonly<Record<string, string>>;

/** The body of a POST. `AT` comes before DATA, as bodies have it. */
export function bodyOf(...packets: readonly (ControlPacket | Uint8Array)[]): Uint8Array {
  return joinPackets(packets.map((packet) => (packet instanceof Uint8Array ? packet : encodePacket(packet))));
}

/** AT: the number of the first DATA behind it. */
export const at = (next: number): ControlPacket => ({ type: PacketType.at, next });

export class LineRequests {
  readonly #port: number;
  readonly #path: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(port: number, path: string = "/longwire") {
    this.#port = port;
    this.#path = path;
    afterThisTest(() => this.#agent.destroy());
  }

  open(packets: readonly (ControlPacket | Uint8Array)[], headers: Headers = {}): Promise<LineAnswer> {
    return this.post("open", bodyOf(...packets), headers);
  }

  send(
    ticket: Uint8Array,
    packets: readonly (ControlPacket | Uint8Array)[],
    headers: Headers = {},
  ): Promise<LineAnswer> {
    return this.post("send", bodyOf(...packets), { "Longwire-Ticket": ticketText(ticket), ...headers });
  }

  poll(ticket: Uint8Array, received: number, waitSeconds: number = 0, headers: Headers = {}): Promise<LineAnswer> {
    const asked = { "Longwire-Ticket": ticketText(ticket), "Longwire-Received": String(received) };
    const wait: Headers = waitSeconds === 0 ? {} : { Prefer: `wait=${waitSeconds}` };
    return this.ask("GET", "poll", undefined, { ...asked, ...wait, ...headers });
  }

  post(action: string, body: Uint8Array, headers: Headers = {}): Promise<LineAnswer> {
    return this.ask("POST", action, body, { "Content-Type": "application/longwire", ...headers });
  }

  async ask(method: string, action: string, body: Uint8Array | undefined, headers: Headers = {}): Promise<LineAnswer> {
    const message = await this.begin(method, action, body, headers);
    const packets: Packet[] = [];
    const reader = new BodyReader((packet) => packets.push(readPacket(packet.slice())) > 0);
    for await (const chunk of message) reader.read(chunk as Uint8Array);
    const opened = packets.find(({ type }) => type === PacketType.welcome || type === PacketType.resumed);
    const ticket = opened !== undefined && "ticket" in opened ? opened.ticket : new Uint8Array(0);
    return {
      status: message.statusCode ?? 0,
      headers: message.headers,
      packets,
      told: packets.map(describePacket),
      ticket,
    };
  }

  /** Sends a request; resolves with the head of its answer. */
  begin(method: string, action: string, body: Uint8Array | undefined, headers: Headers = {}): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        { host: "127.0.0.1", port: this.#port, path: `${this.#path}/${action}`, method, agent: this.#agent, headers },
        (message) => {
          // A server that goes cuts what it has not ended; whoever reads sees it.
          message.on("error", () => {});
          resolve(message);
        },
      );
      request.on("error", reject);
      request.end(body);
    });
  }
}

/** A stream that was begun with `packets`: what it brings, one packet after the other. */
export class LineStream {
  readonly message: IncomingMessage;
  readonly #packets: Packet[] = [];
  #wake: () => void = () => {};
  #isOver = false;

  constructor(message: IncomingMessage) {
    this.message = message;
    const reader = new BodyReader((packet) => this.#packets.push(readPacket(packet.slice())) > 0);
    message.on("data", (chunk: Uint8Array) => {
      reader.read(chunk);
      this.#wake();
    });
    message.on("close", () => {
      this.#isOver = true;
      this.#wake();
    });
  }

  /** The next packet; undefined when the stream is over. */
  async next(): Promise<Packet | undefined> {
    while (this.#packets.length === 0 && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#packets.shift();
  }

  /** The next packets in words. */
  async told(count: number): Promise<string[]> {
    const words: string[] = [];
    while (words.length < count) {
      const packet = await this.next();
      words.push(packet === undefined ? "over" : describePacket(packet));
    }
    return words;
  }
}
