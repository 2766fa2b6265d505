// A load that speaks with the library's own clients, a process: plain sockets, or lines with one socket each. Keeps so many
// messages in flight, or sends so many in a second. Tells that it has begun, and how it went.

import { setTimeout } from "node:timers/promises";
import { Line } from "../../src/client/node.ts";
import { WebSocket } from "../../src/socket/websocket.ts";
import { cpuSeconds, warmUp } from "../cpu.ts";
import { answerQuestions, endWithStarter, programArgument, tell, told } from "../program.ts";

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
  readonly seconds: number;
  /**
   * Before and after the time that is measured nothing is sent for so long, and it waits to be told to begin. 0: it goes on
   * after its warm-up, and says what has come so far when it is asked for its `state`.
   */
  readonly quietMs: number;
  /** Whose CPU time is read. */
  readonly serverPid: number;
}

export interface TalkResult {
  readonly sent: number;
  readonly received: number;
  readonly seconds: number;
  /** Seconds of CPU in that time: the server's, and this process's. */
  readonly serverCpu: number;
  readonly loadCpu: number;
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
async function rest(): Promise<void> {
  isSending = false;
  clearInterval(timer);
  await setTimeout(talk.quietMs);
}

begin();
await (talk.depth > 0 ? warmUp(talk.serverPid) : setTimeout(SETTLE_MS));
if (talk.quietMs > 0) {
  await rest();
  tell("begun");
  await told();
  begin();
} else {
  answerQuestions({ state });
  tell("begun");
}
const before = state();
await setTimeout(talk.seconds * 1000);
const after = state();
if (talk.quietMs > 0) await rest();
const { sent: allSent, received: allReceived } = talk.quietMs > 0 ? state() : after;
tell({
  sent: allSent - before.sent,
  received: allReceived - before.received,
  seconds: after.seconds - before.seconds,
  serverCpu: after.serverCpu - before.serverCpu,
  loadCpu: after.loadCpu - before.loadCpu,
} satisfies TalkResult);

function state(): TalkResult {
  const { user, system } = process.cpuUsage();
  return {
    sent,
    received,
    seconds: performance.now() / 1000,
    serverCpu: cpuSeconds(talk.serverPid),
    loadCpu: (user + system) / 1_000_000,
  };
}
