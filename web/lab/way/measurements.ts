// The three measurements: the same thing over HTTP/1.1 and over a WebSocket, between this page and its server. What a page cannot do, a
// pipelined connection, the server does for it.
import {
  type News,
  type Run,
  type Said,
  sayPlan,
  type TalkAnswer,
  type TalkRequest,
} from "../../../src/cli/lab/way/wire.ts";
import type { ServerHalf } from "../server-half.ts";
import { ask, askInTurn } from "./ask.ts";

export interface Measurement {
  readonly http: number;
  readonly socket: number;
}

/** A page that asks now and then asks so often. */
const askEveryMs = 2_000;
/** The thing happens at a time that nobody has chosen, between this and the next question. */
const earliestMs = 200;
const latestMs = 1_600;

/** How long something that happened on the server was unknown here, ms. */
export async function measureNews(server: ServerHalf): Promise<Measurement> {
  const socket = await openSocket(server, "talk");
  try {
    const happened = nextAnswer(socket, "happened");
    const inMs = Math.round(earliestMs + Math.random() * (latestMs - earliestMs));
    send(socket, { type: "arrange", inMs });
    // The page asks now and is told that there is nothing; asks again two seconds later.
    const overHttp = wait(askEveryMs).then(() => ask<News>(server, "news"));
    const { at } = await happened;
    const socketMs = server.serverNow() - at;
    const news = await overHttp;
    if (news?.happenedAt === undefined) throw new Error("nothing has happened");
    return { http: server.serverNow() - news.happenedAt, socket: Math.max(0, socketMs) };
  } finally {
    socket.close();
  }
}

/** What it takes to say the same text so often, bytes in both directions. `told` resolves with the server's count of the socket. */
export async function measureHeads(server: ServerHalf, told: Promise<Said>): Promise<Measurement> {
  await ask<Said>(server, "said");
  for (let n = 0; n < sayPlan.count; n += 1) {
    await fetch(server.apiUrl("way", "say"), { method: "POST", body: sayPlan.text });
  }
  const http = await ask<Said>(server, "said");
  const socket = await openSocket(server, "say");
  for (let n = 0; n < sayPlan.count; n += 1) socket.send(sayPlan.text);
  const overSocket = await told;
  socket.close();
  if (http === undefined) throw new Error("the server has not counted");
  return { http: http.bytesUp + http.bytesDown, socket: overSocket.bytesUp + overSocket.bytesDown };
}

/** How long the quick answer took that was asked for right behind a slow one, ms. */
export async function measureOrder(server: ServerHalf): Promise<Measurement> {
  const run = await askInTurn<Run>(server, "run", { kind: "pipelined" });
  const behind = run?.requests[2];
  if (behind === undefined) throw new Error("the server was busy");
  const socket = await openSocket(server, "talk");
  try {
    const quick = nextAnswer(socket, "answer");
    const askedAt = performance.now();
    send(socket, { type: "ask", name: "slow", takesMs: 400 });
    send(socket, { type: "ask", name: "quick", takesMs: 20 });
    const { name } = await quick;
    if (name !== "quick") throw new Error("the slow answer came first");
    return { http: behind.doneAt - behind.sentAt, socket: performance.now() - askedAt };
  } finally {
    socket.close();
  }
}

function openSocket(server: ServerHalf, suffix: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(server.socketUrl("way", suffix));
    socket.addEventListener("open", () => resolve(socket));
    socket.addEventListener("close", () => reject(new Error("the socket was closed")));
  });
}

/** The next answer of this type. */
function nextAnswer<Type extends TalkAnswer["type"]>(
  socket: WebSocket,
  type: Type,
): Promise<Extract<TalkAnswer, { type: Type }>> {
  return new Promise((resolve, reject) => {
    socket.addEventListener("message", (event: MessageEvent<string>) => {
      const answer = JSON.parse(event.data) as TalkAnswer;
      if (answer.type === type) resolve(answer as Extract<TalkAnswer, { type: Type }>);
    });
    socket.addEventListener("close", () => reject(new Error("the socket was closed")));
  });
}

function send(socket: WebSocket, request: TalkRequest): void {
  socket.send(JSON.stringify(request));
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
