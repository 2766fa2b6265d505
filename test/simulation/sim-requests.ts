// A way made of requests, as a client drives it: one GET that waits and one POST at a time, each repeated until answered; or
// one response that stays open, and POSTs beside it. Requests and answers get lost, come twice, come late, and come cut short.

import type { BodyReceiver, Courier } from "../../src/base/link.ts";
import type { Attachment } from "../../src/session/attachment.ts";
import type { ClientSession } from "../../src/session/client-session.ts";
import type { Faults } from "./faults.ts";
import type { Answer, SimServer } from "./sim-server.ts";
import { createWay, cutLater, type SimEnd } from "./sim-websocket.ts";
import type { SimNode, World } from "./world.ts";

const room = { maxBytes: 3_000, maxPackets: 15 };
const WAIT_MS = 400;
const TIMEOUT_MS = 700;

/** stream: what comes, comes in one response. longpoll: in answers that are held. poll: in answers at once. */
export type RequestKind = "stream" | "longpoll" | "poll";

type Serve = (body: readonly Uint8Array[], answer: (answer: Answer) => void) => (() => void) | undefined;

export class SimRequests implements Courier {
  readonly #world: World;
  readonly #faults: Faults;
  readonly #node: SimNode;
  readonly #server: SimServer;
  readonly #session: ClientSession;
  readonly #kind: RequestKind;
  #attachment: Attachment | undefined;
  /** The open response. */
  #stream: SimEnd | undefined;
  #isClosed = false;
  #isOpened = false;
  #isPosting = false;
  #failures = 0;

  constructor(
    world: World,
    faults: Faults,
    node: SimNode,
    server: SimServer,
    session: ClientSession,
    kind: RequestKind,
  ) {
    this.#kind = kind;
    this.#world = world;
    this.#faults = faults;
    this.#node = node;
    this.#server = server;
    this.#session = session;
  }

  /** Begins: HELLO or RESUME waits in the attachment. */
  start(attachment: Attachment): void {
    this.#attachment = attachment;
    const body = attachment.take(room);
    if (this.#kind === "stream") {
      this.#startStream(attachment, body);
      return;
    }
    this.#request(
      "open",
      body,
      (packets, answer) => {
        this.#server.open(packets, answer);
        return undefined;
      },
      (answer) => {
        if (answer === undefined || answer.status !== 200) {
          this.#end(answer?.status ?? 1006);
          return;
        }
        this.#read(answer.packets);
        this.#isOpened = true;
        this.#poll();
        this.wake();
      },
    );
  }

  #startStream(attachment: Attachment, body: readonly Uint8Array[]): void {
    const nodes = [this.#node, this.#server.node] as const;
    const way = createWay(this.#world, this.#faults, ...nodes);
    const [mine] = way;
    this.#stream = mine;
    cutLater(this.#world, this.#faults, way, nodes);
    mine.receiver = {
      receive: (packet) => {
        this.#isOpened = true;
        attachment.receive(packet);
        this.wake();
      },
      receiveDrain: () => {},
      receiveClosed: (code) => this.#end(code),
    };
    this.#request(
      "stream",
      body,
      (packets, answer) => {
        // The second copy's response goes to whoever repeated it.
        const isOurs = way[1].receiver === undefined;
        const end = isOurs ? way[1] : createWay(this.#world, this.#faults, ...nodes)[1];
        this.#server.openStream(end, packets);
        answer({ status: 200, packets: [] });
        return undefined;
      },
      () => {},
    );
  }

  wake(): void {
    if (this.#isClosed || !this.#isOpened || this.#isPosting || this.#attachment === undefined) return;
    const body = this.#attachment.take(room);
    if (body.length === 0) return;
    this.#isPosting = true;
    const ticket = this.#session.ticket;
    this.#request(
      "send",
      body,
      (packets, answer) => {
        this.#server.send(ticket, packets, answer);
        return undefined;
      },
      (answer) => {
        this.#isPosting = false;
        if (this.#isAnswered(answer)) this.wake();
        else this.#attachment?.receiveTakenLost();
      },
    );
  }

  close(code: number, reason: string): void {
    this.#isClosed = true;
    this.#stream?.close(code, reason);
  }

  #poll(): void {
    if (this.#isClosed) return;
    const { ticket, received } = this.#session;
    this.#request(
      "poll",
      [],
      (_packets, answer) => {
        const release = this.#server.poll(ticket, received, answer);
        if (this.#kind === "longpoll") return release;
        release();
        return undefined;
      },
      (answer) => {
        this.#isAnswered(answer);
        const hadNothing = answer === undefined || answer.packets.length === 0;
        const pauseMs = this.#kind === "poll" && hadNothing ? 300 : 30;
        this.#world.after(this.#world.random.fraction() * pauseMs, this.#node, "poll", () => this.#poll());
      },
    );
  }

  /** Whether the answer has come; what it says is read. Three in a row that did not end the way. */
  #isAnswered(answer: Answer | undefined): boolean {
    if (this.#isClosed) return false;
    if (answer === undefined) {
      if (++this.#failures >= 3) this.#end(1006);
      return false;
    }
    this.#failures = 0;
    if (answer.status >= 4000) this.#end(answer.status);
    else this.#read(answer.packets);
    return true;
  }

  #end(code: number): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stream?.close(1000, "over");
    this.#attachment?.receiveClosed(code, "request");
  }

  #read(packets: readonly Uint8Array[]): void {
    const body: BodyReceiver | undefined = this.#attachment?.openBody();
    for (const packet of packets) {
      if (body?.receive(packet) !== true) break;
    }
  }

  /** One request and its answer, with everything that can happen to them; `receive` is called once. */
  #request(
    tag: string,
    body: readonly Uint8Array[],
    serve: Serve,
    receive: (answer: Answer | undefined) => void,
  ): void {
    const { random } = this.#world;
    const faults = this.#faults;
    let isOver = false;
    const settle = (answer: Answer | undefined): void => {
      if (isOver) return;
      isOver = true;
      if (!this.#isClosed) receive(answer);
    };
    this.#world.after(WAIT_MS + TIMEOUT_MS, this.#node, `${tag} times out`, () => settle(undefined), true);
    const isAttach = tag === "open" || tag === "stream";
    const isRepeated = isAttach && faults.attachesRepeatedMs !== Infinity;
    const copies = isRepeated || random.chance(faults.requestsDoubled) ? 2 : 1;
    let arrivesIn = 0;
    for (let copy = 0; copy < copies; copy++) {
      if (random.chance(faults.requestsLost)) continue;
      const cut = random.chance(faults.bodiesTruncated) ? random.between(0, body.length) : body.length;
      // The proxy has seen the first one off.
      arrivesIn =
        isRepeated && copy === 1 ? arrivesIn + random.fraction() * faults.attachesRepeatedMs : this.#delayMs();
      this.#world.after(arrivesIn, this.#server.node, tag, () => {
        let isAnswered = false;
        const release = serve(body.slice(0, cut), (answer) => {
          if (isAnswered) return;
          isAnswered = true;
          // A body that was cut short is used as far as it came, but nobody is left to be answered.
          if (cut < body.length || random.chance(faults.answersLost)) return;
          const whole = random.chance(faults.bodiesTruncated)
            ? { ...answer, packets: answer.packets.slice(0, random.between(0, answer.packets.length)) }
            : answer;
          this.#world.after(this.#delayMs(), this.#node, `${tag} answered`, () => settle(whole));
        });
        if (release !== undefined) this.#world.after(WAIT_MS, this.#server.node, "wait", release, true);
      });
    }
  }

  #delayMs(): number {
    const { random } = this.#world;
    const { latencyMs, jitterMs, slow } = this.#faults;
    return latencyMs + random.fraction() * jitterMs + (random.chance(slow) ? random.fraction() * 4_000 : 0);
  }
}
