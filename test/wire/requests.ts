// A client that does what a rule of the suites tells it, right or wrong, by requests. Decides nothing.

import http from "node:http";
import https from "node:https";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { body, data, hello, open, readBody, type Said } from "./codec.ts";
import { PATIENCE_MS } from "./peer.ts";
import type { Target } from "./target.ts";

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly said: readonly Said[];
}

/** An answer that is read as it comes. */
export interface Listening extends Answered {
  /** What comes next; undefined: it has ended. */
  read(): Promise<readonly Said[] | undefined>;
  leave(): void;
}

export interface Asking {
  /** For how long the answer is waited for. */
  readonly patienceMs?: number;
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
  const signal = AbortSignal.timeout(asking.patienceMs ?? PATIENCE_MS);
  const response = await fetch(requestOf(target, action, asking), { signal });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const isOurs = response.headers.get("content-type") === "application/longwire";
  return { status: response.status, headers: response.headers, said: isOurs ? readBody(bytes) : [] };
}

/** The first packets of an answer that stays open, which is then left. */
export async function listen(target: Target, action: string, asking: Asking): Promise<Listening> {
  const response = await fetch(requestOf(target, action, asking), { signal: AbortSignal.timeout(PATIENCE_MS) });
  const { status, headers } = response;
  const reader = response.body?.getReader();
  const read = async (): Promise<readonly Said[] | undefined> => {
    const { done = true, value = new Uint8Array(0) } = (await reader?.read()) ?? {};
    return done ? undefined : readBody(value);
  };
  const isOurs = headers.get("content-type") === "application/longwire";
  const said = isOurs ? ((await read()) ?? []) : [];
  return { status, headers, said, read, leave: () => void reader?.cancel().catch(() => {}) };
}

/** A POST whose body comes in pieces. */
export interface SlowPost {
  readonly answer: Promise<{ readonly status: number; readonly body: Buffer }>;
  write(bytes: Uint8Array): void;
  end(): void;
}

export function beginPost(target: Target, action: string, ticket: Uint8Array, first: Uint8Array): SlowPost {
  const { request } = target.origin.startsWith("https:") ? https : http;
  const post = request(`${target.origin}${target.base}/${action}`, {
    method: "POST",
    headers: { "content-type": "application/longwire", "longwire-ticket": Buffer.from(ticket).toString("base64url") },
  });
  const answer = new Promise<{ status: number; body: Buffer }>((resolve, reject) => {
    post.on("error", reject);
    post.on("response", (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", () => {});
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }));
    });
  });
  answer.catch(() => {});
  post.write(first);
  return { answer, write: (bytes) => void post.write(bytes), end: () => void post.end() };
}

/** What the server says to these bytes until it ends the connection. */
export function exchange(target: Target, ...bytes: readonly (Uint8Array | string)[]): Promise<Buffer> {
  const { hostname, port, protocol } = new URL(target.origin);
  return new Promise((resolve, reject) => {
    const isSecure = protocol === "https:";
    const to = { host: hostname, port: Number(port || (isSecure ? 443 : 80)) };
    const socket = isSecure ? connectTls({ ...to, servername: hostname }) : connectTcp(to);
    const parts: Buffer[] = [];
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error("Expected the connection to end; it stays open.")));
    socket.on("error", reject);
    socket.on("data", (part) => parts.push(part));
    socket.on("end", () => resolve(Buffer.concat(parts)));
    for (const piece of bytes) socket.write(piece);
  });
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
  const headers = { "longwire-received": String(received), ...prefer };
  return ask(target, "poll", { method: "GET", ticket, headers, patienceMs: wait * 1000 + PATIENCE_MS });
}
