// A socket that moves to another process at a drain: two processes that share nothing, a line of Node, numbers both ways. The
// counters are this file's own. wire/channels-v1 §5.6; RELIABILITY I-23, I-02, I-03, I-04.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";
import { Line } from "../../src/client/node.ts";
import type { LineSocket } from "../../src/client/node.ts";
import type { TransportKind } from "../../src/session/way.ts";
import { startConnectionFront, startTicketFront } from "../support/switching-front.ts";

/** Tells each number that it hears to the test, and says it twice to whoever sent it. A line on its input drains it. */
const program = `
import { createServer } from "longwire/server";
const tell = (fact) => console.log(JSON.stringify(fact));
const server = createServer({ limits: { drainSpreadMs: 200, drainTimeoutMs: 3_000 } });
for (const path of ["/movable", "/rooted"]) {
  server.route(path, {
    movable: path === "/movable",
    message(socket, data) {
      tell({ path, number: Number(data) });
      socket.send(data + ".0");
      socket.send(data + ".1");
    },
  });
}
const { port } = await server.listen({ port: Number(process.argv[1]), host: "127.0.0.1" });
tell({ port });
process.stdin.once("data", () => {
  process.stdin.destroy();
  void server.drain();
});
`;

interface Process {
  readonly port: number;
  readonly movable: readonly number[];
  readonly rooted: readonly number[];
  /** Drains it; resolves when it has ended by itself. */
  drain(): Promise<unknown>;
}

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function startProcess(port = 0): Promise<Process> {
  const child: ChildProcess = spawn(process.execPath, ["--input-type=module", "--eval", program, String(port)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  stops.push(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  if (child.stdout === null || child.stdin === null) throw new Error("The process has pipes.");
  const { stdin } = child;
  const heard: Record<"movable" | "rooted", number[]> = { movable: [], rooted: [] };
  const lines = createInterface({ input: child.stdout });
  const ended = Promise.all([exited, once(lines, "close")]).then(([exit]) => exit);
  const listening = await new Promise<number>((resolve, reject) => {
    lines.on("line", (line) => {
      const fact = JSON.parse(line) as { port?: number; path?: "/movable" | "/rooted"; number?: number };
      if (fact.port !== undefined) resolve(fact.port);
      if (fact.path !== undefined) heard[fact.path.slice(1) as "movable" | "rooted"].push(fact.number ?? NaN);
    });
    void exited.then(() => reject(new Error("The process ended before it listened.")));
  });
  return {
    port: listening,
    ...heard,
    drain: () => {
      stdin.write("\n");
      return ended;
    },
  };
}

/** What the application sees of one socket that sends numbers, a few at a time, until it is told to end. */
class Talk {
  readonly received: string[] = [];
  /** What happened to it besides messages. */
  readonly events: string[] = [];
  readonly closed: Promise<CloseEvent>;
  readonly #socket: LineSocket;
  #sent = 0;
  #isLast = false;
  #finish = (): void => {};
  readonly finished = new Promise<void>((resolve) => {
    this.#finish = resolve;
  });
  readonly #watchers = new Set<() => void>();

  constructor(socket: LineSocket) {
    this.#socket = socket;
    for (const type of ["open", "suspend"] as const) socket.addEventListener(type, () => this.events.push(type));
    socket.addEventListener("resume", ({ fresh, gap }) => {
      this.events.push(`resume${fresh ? " fresh" : ""}${gap ? " gap" : ""}`);
      this.#look();
    });
    this.closed = new Promise((resolve) => {
      socket.onclose = (event) => {
        this.events.push(`close ${String(event.code)} ${event.wasClean ? "clean" : "unclean"}`);
        resolve(event);
      };
    });
    socket.onopen = () => this.#send();
    socket.onmessage = ({ data }) => {
      this.received.push(String(data));
      this.#look();
      if (this.received.length === 2 * this.#sent) this.#send();
    };
  }

  get sent(): number {
    return this.#sent;
  }

  /** Resolves when `isThere` is true of it. */
  until(isThere: (talk: Talk) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isThere(this)) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** Sends nothing more once everything was answered. */
  end(): Promise<void> {
    this.#isLast = true;
    return this.finished;
  }

  #look(): void {
    for (const look of this.#watchers) look();
  }

  #send(): void {
    if (this.#isLast) {
      this.#finish();
      return;
    }
    for (let count = 0; count < 10; count++) this.#socket.send(String(this.#sent++));
  }
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, number) => number);
const answers = (count: number): readonly string[] =>
  numbers(count).flatMap((number) => [`${String(number)}.0`, `${String(number)}.1`]);

function open(url: string, transports: readonly TransportKind[]): { movable: Talk; rooted: Talk } {
  const line = new Line(url, { transports });
  stops.push(() => line.close());
  return { movable: new Talk(line.open("/movable")), rooted: new Talk(line.open("/rooted")) };
}

/** Until it has moved, and at least a thousand numbers, some of them behind the move. */
async function talkOn(talk: Talk): Promise<void> {
  await talk.until(({ events }) => events.some((event) => event.startsWith("resume fresh")));
  const moved = talk.sent;
  await talk.until(({ sent }) => sent >= Math.max(1_000, moved + 200));
  await talk.end();
}

const ways: [TransportKind, typeof startTicketFront][] = [
  ["websocket", startConnectionFront],
  ["longpoll", startTicketFront],
];
if (process.env["LONGWIRE_FULL"] === "1") ways.push(["stream", startTicketFront]);

describe.each(ways)("I-23 over %s", (kind, startFront) => {
  test("I-02 I-03 I-04 a movable socket goes on in another process: no close, each number once and in order, both ways", async () => {
    const first = await startProcess();
    const front = await startFront(first.port);
    stops.push(() => front.stop());
    const { movable, rooted } = open(front.url, [kind]);
    await Promise.all([movable, rooted].map((talk) => talk.until(({ received }) => received.length >= 200)));
    const second = await startProcess();
    front.switchTo(second.port);
    const drained = first.drain();
    await talkOn(movable);
    expect([...first.movable, ...second.movable]).toEqual(numbers(movable.sent));
    expect(movable.received).toEqual(answers(movable.sent));
    expect(movable.events).toEqual(["open", "resume fresh"]);
    expect([first.movable.length, second.movable.length].map((count) => count > 100)).toEqual([true, true]);
    // The other one stays where it is, and is told in time.
    await rooted.closed;
    expect(rooted.events).toEqual(["open", "close 1012 clean"]);
    expect(second.rooted).toEqual([]);
    expect(rooted.received).toEqual(answers(rooted.sent).slice(0, rooted.received.length));
    expect(await drained).toEqual([0, null]);
    expect(first.rooted).toEqual(numbers(first.rooted.length));
  }, 60_000);

  test("a process that restarts at its own port: the socket waits for the next one, and neither closes nor loses a number", async () => {
    const first = await startProcess();
    const { movable, rooted } = open(`http://127.0.0.1:${String(first.port)}`, [kind]);
    await Promise.all([movable, rooted].map((talk) => talk.until(({ received }) => received.length >= 200)));
    expect(await first.drain()).toEqual([0, null]);
    await rooted.closed;
    const second = await startProcess(first.port);
    await talkOn(movable);
    expect([...first.movable, ...second.movable]).toEqual(numbers(movable.sent));
    expect(movable.received).toEqual(answers(movable.sent));
    // It is told that it waits.
    expect(movable.events).toEqual(["open", "suspend", "resume fresh"]);
    expect(rooted.events).toEqual(["open", "close 1012 clean"]);
  }, 60_000);
});
