// What somebody sees who asks a WebSocket server with curl, as people do first when something does not work.
import { execFile } from "node:child_process";
import { beforeEach, describe, expect, it } from "vitest";
import { serve } from "../support/test-server.ts";
import { curl } from "../support/tools.ts";

interface Answer {
  /** curl's own exit code; 28 is its time limit. */
  readonly exit: number;
  readonly head: string;
  readonly body: string;
}

function ask(...args: readonly string[]): Promise<Answer> {
  return new Promise((resolve) => {
    const all = ["--silent", "--include", "--no-buffer", "--max-time", "20", "--noproxy", "*", ...args];
    execFile(curl ?? "", all, { encoding: "latin1" }, (error, output) => {
      const [head = "", ...body] = output.split("\r\n\r\n");
      resolve({ exit: error === null ? 0 : Number(error.code), head, body: body.join("\r\n\r\n") });
    });
  });
}

describe.skipIf(curl === undefined)("curl", () => {
  let url = "";

  beforeEach(async () => {
    // curl answers no Close: the server waits this long for one.
    const { port } = await serve({ limits: { closeTimeoutMs: 50 } }, (server) => {
      server.route("/", {
        open(socket) {
          socket.send("hello");
          socket.close(1000);
        },
      });
    });
    url = `http://127.0.0.1:${port}`;
  });

  it("P-05 a plain GET of a WebSocket's address is told in one sentence what to do", async () => {
    const { exit, head, body } = await ask(`${url}/`);
    expect(exit).toBe(0);
    expect(head).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(head).toMatch(/^Upgrade: websocket$/m);
    expect(head).toMatch(/^Connection: Upgrade, close$/m);
    expect(body).toMatch(/^[A-Z][^\n]*WebSocket[^\n]*\.$/);
  });

  it("HEAD is told the same without the sentence", async () => {
    const { exit, head, body } = await ask("--head", `${url}/`);
    expect(exit).toBe(0);
    expect(head).toMatch(/^HTTP\/1\.1 426 /);
    expect(body).toBe("");
  });

  it("a handshake written by hand gets the accept key of RFC 6455 §1.3 and the frames behind it", async () => {
    const handshake = [
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    const { exit, head, body } = await ask(...handshake.flatMap((line) => ["--header", line]), `${url}/`);
    expect(exit).toBe(0);
    expect(head).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(head).toMatch(/^Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=$/m);
    expect(Buffer.from(body, "latin1")).toEqual(Buffer.from("\x81\x05hello\x88\x02\x03\xe8", "latin1"));
  });

  it("one that forgot a line is told which", async () => {
    const handshake = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
    const { head, body } = await ask(...handshake.flatMap((line) => ["--header", line]), `${url}/`);
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    expect(body).toContain("Sec-WebSocket-Key");
  });

  it("--http2 offers h2c and is answered over HTTP/1.1 at once", async () => {
    const alive = await ask("--http2", `${url}/healthz`);
    expect([alive.exit, alive.body]).toEqual([0, "alive\n"]);
    const plain = await ask("--http2", `${url}/`);
    expect(plain.exit).toBe(0);
    expect(plain.head).toMatch(/^HTTP\/1\.1 426 /);
  });

  it("--http2-prior-knowledge fails at once", async () => {
    const { exit } = await ask("--http2-prior-knowledge", `${url}/healthz`);
    expect(exit).not.toBe(0);
    expect(exit).not.toBe(28);
  });
});
