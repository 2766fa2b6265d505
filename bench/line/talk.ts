// A load that speaks with the library's own clients, a process: plain sockets, or lines with one socket each. Keeps so many
// messages in flight, or sends so many in a second. Tells that it has begun, and how it went, or is asked.

import { setTimeout } from "node:timers/promises";
import { Line } from "../../src/client/node.ts";
import { WebSocket } from "../../src/socket/websocket.ts";
import { cpuSeconds, warmUp } from "../cpu.ts";
import { answerQuestions, endWithStarter, programArgument, tell, told } from "../program.ts";
import type { LoadState } from "../slices.ts";

export interface Talk {
  readonly port: number;
  /** Plain, or the transport of the line. */
  readonly carrier: "plain" | "websocket" | "stream" | "longpoll" | "poll";
  readonly path: string;
  readonly connections: number;
  readonly bytes: number;
  /** How many messages are in flight per connection; 0: none is sent because of an answer. */
  readonly depth: number;
  /** How many are sent each second per connection, whatever comes; 0: none. */
  readonly perSecond: number;
  /** For so long it sends when it is told to, with silence before and after. Undefined: without an end, and says its `state`. */
  readonly span?: { readonly seconds: number; readonly quietMs: number };
  /** Whose CPU time is read. */
  readonly serverPid: number;
}

export interface TalkState extends LoadState {
  readonly sent: number;
}

/** What a span came to. */
export interface SpanResult {
  readonly sent: number;
  readonly received: number;
}

/** Where nothing is to become hot. */
const SETTLE_MS = 1_000;

type Socket = Pick<WebSocket, "send" | "addEventListener" | "cause">;

const talk = programArgument<Talk>();
const message = "x".repeat(talk.bytes);
let sent = 0;
let received = 0;
let isSending = false;

function create(): Socket {
  const origin = `ws://127.0.0.1:${String(talk.port)}`;
  if (talk.carrier === "plain") return new WebSocket(`${origin}${talk.path}`);
  return new Line(origin, { transports: [talk.carrier] }).open(talk.path);
}

async function open(): Promise<Socket> {
  const socket = create();
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("close", () => reject(new Error("The socket has closed.", { cause: socket.cause })));
  });
  socket.addEventListener("message", () => {
    received++;
    if (isSending && talk.depth > 0) send(socket);
  });
  return socket;
}

function send(socket: Socket): void {
  sent++;
  socket.send(message);
}

const sockets = await Promise.all(Array.from({ length: talk.connections }, open));
endWithStarter();
let timer: NodeJS.Timeout | undefined;

function begin(): void {
  isSending = true;
  for (const socket of sockets) for (let index = 0; index < talk.depth; index++) send(socket);
  if (talk.perSecond > 0) timer = setInterval(() => sockets.forEach(send), 1000 / talk.perSecond);
}

/** Until all is answered, acknowledged and granted. */
async function rest(ms: number): Promise<void> {
  isSending = false;
  clearInterval(timer);
  await setTimeout(ms);
}

begin();
await (talk.depth > 0 ? warmUp(talk.serverPid) : setTimeout(SETTLE_MS));
if (talk.span === undefined) {
  answerQuestions({ state });
  tell("begun");
} else {
  const { seconds, quietMs } = talk.span;
  await rest(quietMs);
  tell("begun");
  await told();
  const before = { sent, received };
  begin();
  await setTimeout(seconds * 1000);
  await rest(quietMs);
  tell({ sent: sent - before.sent, received: received - before.received } satisfies SpanResult);
}

function state(): TalkState {
  const { user, system } = process.cpuUsage();
  return {
    sent,
    messages: received,
    seconds: performance.now() / 1000,
    serverCpu: cpuSeconds(talk.serverPid),
    loadCpu: (user + system) / 1_000_000,
  };
}
