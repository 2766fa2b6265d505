// V-50, V-63: what clients keep secret appears nowhere but in the hooks of the application.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { createServer } from "../../src/server/index.ts";
import { rawFrame, rawUpgradeHead, type RawHeaders } from "../support/raw-client.ts";
import { serve } from "../support/test-server.ts";

const canary = "cAnArY7f3a9";

/** Every place where a client may put a secret. */
const secrets: RawHeaders = {
  Authorization: `Bearer ${canary}`,
  Cookie: `session=${canary}`,
  "Sec-WebSocket-Protocol": `bearer.${canary}, chat.v1`,
  "X-Api-Key": canary,
};
const query = [
  "token",
  "access_token",
  "Auth-Token",
  "apiKey",
  "password",
  "sid",
  "code",
  "jwt",
  "signature",
  "%74oken",
]
  .map((name) => `${name}=${canary}`)
  .join("&");

describe("V-50 secrets of clients", () => {
  it("V-50 V-63 appear in no log, answer, metric or diagnostic, however the connection is refused or lost", async () => {
    const published: unknown[] = [];
    const listen = (message: unknown): void => void published.push(message);
    for (const name of ["longwire:handshake:refused"]) {
      subscribe(name, listen);
      onTestFinished(() => void unsubscribe(name, listen));
    }
    const seen: string[] = [];
    const served = await serve({ hosts: ["app.example"] }, (server) => {
      server.route("/ok", {
        protocols: ["chat.v1"],
        open: (socket) => void seen.push(socket.request.url.searchParams.get("token") ?? ""),
      });
      server.route("/refused", { authenticate: async () => Promise.reject(new Response("no", { status: 401 })) });
      server.route("/broken", {
        authenticate() {
          throw new Error("database");
        },
      });
      server.route("/unoffered", { protocols: () => `bearer.${canary}x` });
      server.route("/throws", {
        message() {
          throw new Error("handler");
        },
      });
    });
    const answers: string[] = [];
    const ask = async (path: string, headers: RawHeaders = {}, method = "GET"): Promise<void> => {
      const { client, response } = await served.ask(
        rawUpgradeHead(`${path}?${query}&plain=1`, { ...secrets, Origin: "http://localhost", ...headers }, method),
      );
      answers.push(JSON.stringify([...response.headers]), response.body, response.statusText);
      if (response.status !== 101) return;
      client.write(Buffer.concat([rawFrame({ payload: "x" }), rawFrame({ opcode: 3 })]));
      await client.ended();
    };
    for (const path of ["/ok", "/refused", "/broken", "/unoffered", "/throws", "/nowhere"]) await ask(path);
    await ask("/ok", { Origin: `https://${canary}.example` });
    await ask("/ok", { Host: `${canary}.example` });
    await ask("/ok", { "Sec-WebSocket-Key": canary });
    await ask("/ok", { "Sec-WebSocket-Version": canary });
    await ask("/ok", { "Sec-WebSocket-Extensions": `${canary};;` });
    await ask("/ok", { "Sec-WebSocket-Protocol": `${canary}, ${canary}` });
    await ask("/ok", {}, "POST");
    const plain = await fetch(`http://127.0.0.1:${served.port}/ok?${query}`, { headers: { "X-Api-Key": canary } });
    answers.push(await plain.text());
    const metrics = await (await fetch(`http://127.0.0.1:${served.port}/metrics`)).text();

    expect(seen).toEqual([canary]);
    expect(served.lines.debug.length).toBeGreaterThan(10);
    expect(published.length).toBeGreaterThan(10);
    const everything = { answers, metrics, lines: served.lines, published };
    for (const [where, what] of Object.entries(everything)) {
      expect(JSON.stringify(what).toLowerCase(), where).not.toContain(canary.toLowerCase());
    }
    // What is no secret stays, or the log would be of no use.
    expect(served.lines.debug.join()).toContain("/refused?token=…");
    expect(served.lines.debug.join()).toContain("plain=1");
  });

  it("V-50 NODE_DEBUG=longwire prints one line per refusal and per lost connection, saying why", async () => {
    const script = fileURLToPath(new URL("children/debug-probe.ts", import.meta.url));
    const env = { ...process.env, NODE_DEBUG: "longwire" };
    const { stderr } = await promisify(execFile)(process.execPath, ["--import", "tsx", script, canary], { env });
    const lines = stderr.split("\n").filter((line) => line.startsWith("LONGWIRE"));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/refused \/nowhere\?token=… from 127\.0\.0\.1 with 404: .*\[LW_SERVER_ROUTE_UNKNOWN\]/);
    expect(lines[1]).toMatch(/lost \/\?token=… from 127\.0\.0\.1: .*\[LW_PROTOCOL_OPCODE_RESERVED, closed with 1002\]/);
    expect(stderr).not.toContain(canary);
  });
});

describe("a log", () => {
  it("that throws takes nothing with it", async () => {
    const fail = (): never => {
      throw new Error("disk full");
    };
    const served = await serve({ log: { debug: fail, error: fail } }, (server) =>
      server.route("/", {
        message() {
          throw new Error("handler");
        },
      }),
    );
    expect((await served.ask(rawUpgradeHead("/nowhere"))).response.status).toBe(404);
    const client = await served.open("/");
    client.writeFrame({ payload: "x" });
    expect((await client.nextFrame()).closeCode).toBe(1011);
    expect(() => createServer({ log: {} as never })).toThrow(expect.objectContaining({ code: "LW_SERVER_LOG" }));
  });
});
