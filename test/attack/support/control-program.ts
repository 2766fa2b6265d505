// The control connection (RELIABILITY I-18), in a thread of its own so that the attacker's work is not mistaken for the
// server's: one numbered message after another, each of which must come back, in order.
import { parentPort, workerData } from "node:worker_threads";
import { connectRaw, rawClose } from "../../support/raw-client.ts";

export interface ControlReport {
  readonly sent: number;
  readonly answered: number;
  /** Whether it was cut off, or got anything else than its own words. */
  readonly disturbed: string | undefined;
  /** Milliseconds from a message to its answer, before the attack and during it. */
  readonly idle: readonly number[];
  readonly attack: readonly number[];
}

export type ControlOrder = "begin" | "beat" | "finish";

const IDLE_BEATS = 40;
const PACE_MS = 20;

const port = parentPort;
if (port === null) throw new Error("Run as a worker.");
const client = await connectRaw(workerData as number);
const { status } = await client.upgrade("/control");
if (status !== 101) throw new Error(`The control connection was answered ${String(status)}.`);

const samples = { idle: [] as number[], attack: [] as number[] };
const sentAt: number[] = [];
const waiting = new Map<number, () => void>();
let phase: "idle" | "attack" = "idle";
let answered = 0;
let disturbed: string | undefined;
let timer: NodeJS.Timeout | undefined;

/** Sends the next message. Resolves when it came back or never will. */
function beat(): Promise<void> {
  if (disturbed !== undefined) return Promise.resolve();
  const number = sentAt.length;
  sentAt.push(performance.now());
  client.writeFrame({ payload: String(number) });
  return new Promise((resolve) => {
    waiting.set(number, resolve);
  });
}

function cutOff(why: string): void {
  disturbed ??= why;
  for (const resolve of waiting.values()) resolve();
  waiting.clear();
}

async function listen(): Promise<void> {
  for (;;) {
    const frame = await client.nextFrame();
    // The keep-alive of the server.
    if (frame.opcode === 9) continue;
    if (frame.opcode !== 1 || frame.text !== String(answered)) {
      throw new Error(`got opcode ${String(frame.opcode)} ${frame.text} instead of ${String(answered)}`);
    }
    samples[phase].push(performance.now() - (sentAt[answered] as number));
    waiting.get(answered)?.();
    waiting.delete(answered);
    answered++;
  }
}

async function begin(): Promise<void> {
  for (let count = 0; count < IDLE_BEATS; count++) await beat();
  phase = "attack";
  timer = setInterval(() => void beat(), PACE_MS);
}

async function finish(): Promise<ControlReport> {
  clearInterval(timer);
  await beat();
  const report = { sent: sentAt.length, answered, disturbed, ...samples };
  client.write(rawClose(1000));
  client.end();
  return report;
}

const orders: Readonly<Record<ControlOrder, () => Promise<unknown>>> = { begin, beat, finish };
port.on("message", ({ id, order }: { id: number; order: ControlOrder }) => {
  void orders[order]().then((reply) => port.postMessage({ id, reply }));
});
void listen().catch((error: unknown) => cutOff(String(error)));
