// A server with a line, a proxy in front of it that can be made to misbehave, and a page with the client as users bundle it.
// The page has `longwire`, and `talk`: one socket that counts what comes, and numbers what it sends. The counters are on
// both sides of everything that is tested.
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { createServer } from "../../src/server/index.ts";
import type { LineOptions } from "../../src/server/line-options.ts";
import { startFront, type Front } from "./obstructed-front.ts";

export interface LineSite {
  readonly url: string;
  readonly front: Front;
  /** What the server's handler heard of each talk, by its name. */
  heard(name: string): readonly string[];
  /** The code with which the server's handler saw each talk close; undefined while it is open. */
  closedWith(name: string): number | undefined;
  /** Says `text` to every page that talks. */
  publish(text: string): void;
  /** Sends `text` in the talk of that name. */
  tell(name: string, text: string): void;
  stop(): Promise<void>;
}

/** What a page shows of its talk. */
export interface TalkReport {
  readonly readyState: number;
  readonly received: readonly string[];
  readonly events: readonly string[];
}

export async function startLineSite(line: LineOptions<undefined> = {}): Promise<LineSite> {
  const talks = new Map<string, { readonly heard: string[]; closedWith?: number; send(text: string): void }>();
  const server = createServer({ hosts: ["127.0.0.1"], line });
  server.route("/talk/:name", {
    open(socket) {
      socket.subscribe("all");
      talks.set(socket.params.name, { heard: [], send: (text) => void socket.send(text) });
    },
    message(socket, data) {
      talks.get(socket.params.name)?.heard.push(String(data));
    },
    close(socket, code) {
      const talk = talks.get(socket.params.name);
      if (talk !== undefined) talk.closedWith = code;
    },
  });
  const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
  const front = await startFront(port, {
    "/": pageOf("first"),
    "/other": pageOf("other"),
    "/without-websocket": pageOf("first", "delete globalThis.WebSocket;"),
    "/without-streams": pageOf(
      "first",
      "delete globalThis.WebSocket; delete globalThis.ReadableStream; delete Response.prototype.body;",
    ),
    "/client.js": await bundleClient(),
  });
  return {
    url: front.url,
    front,
    heard: (name) => talks.get(name)?.heard ?? [],
    closedWith: (name) => talks.get(name)?.closedWith,
    publish: (text) => void server.publish("all", text),
    tell: (name, text) => talks.get(name)?.send(text),
    async stop() {
      await front.stop();
      await server.close();
    },
  };
}

async function bundleClient(): Promise<string> {
  const result = await build({
    entryPoints: ["src/client/index.ts"],
    bundle: true,
    minify: true,
    platform: "browser",
    format: "iife",
    globalName: "longwire",
    target: ["es2022"],
    write: false,
  });
  return result.outputFiles[0]?.text ?? "";
}

const script = `
globalThis.talk = (name) => {
  const url = new URL("/talk/" + name, location.href);
  url.protocol = "ws:";
  const socket = new longwire.WebSocket(url);
  const report = { received: [], events: [] };
  socket.addEventListener("message", ({ data }) => report.received.push(data));
  for (const type of ["open", "suspend", "resume", "close"]) {
    socket.addEventListener(type, () => report.events.push(type));
  }
  addEventListener("pageshow", ({ persisted }) => { if (persisted) report.events.push("persisted"); });
  Object.assign(globalThis, { socket, report });
};
`;

function pageOf(title: string, before = ""): string {
  return `<!doctype html><meta charset="utf-8"><title>${title}</title><script>${before}</script><script src="/client.js"></script><script>${script}</script>`;
}

/** Opens the talk and waits until it is open. */
export async function beginTalk(page: Page, name: string): Promise<void> {
  await page.evaluate((own) => (globalThis as unknown as { talk(name: string): void }).talk(own), name);
  await page.waitForFunction(() => (globalThis as unknown as { socket: WebSocket }).socket.readyState === 1);
}

export function say(page: Page, text: string): Promise<void> {
  return page.evaluate((words) => (globalThis as unknown as { socket: WebSocket }).socket.send(words), text);
}

export function reportOf(page: Page): Promise<TalkReport> {
  return page.evaluate(() => {
    const { socket, report } = globalThis as unknown as { socket: WebSocket; report: Omit<TalkReport, "readyState"> };
    return { ...report, readyState: socket.readyState };
  });
}

/** Resolves when the page has received `count` messages. */
export async function hasReceived(page: Page, count: number): Promise<void> {
  await page.waitForFunction(
    (least) => (globalThis as unknown as { report: TalkReport }).report.received.length >= least,
    count,
  );
}
