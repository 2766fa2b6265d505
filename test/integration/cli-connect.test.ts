// `longwire connect` through pipes and with --echo, in processes of its own. At a terminal: cli-typing.test.ts.
import { once } from "node:events";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { patient, runCli, startCli, stopAll } from "../support/cli-process.ts";
import { letGo, listenWs } from "../support/ws-peer.ts";

afterEach(() => {
  letGo();
  stopAll();
});

describe("longwire connect", () => {
  it("sends each line of a pipe as a message, prints what comes back, and exits with 0", async () => {
    const url = await listenWs((socket) =>
      socket.on("message", (data: Buffer) => socket.send(`got ${data.toString()}`)),
    );
    expect(await runCli(["connect", url], "one\n\ntwo\r\nthree")).toEqual({
      code: 0,
      out: "got one\ngot \ngot two\ngot three\n",
      err: "",
    });
  });

  it("closes with 1000 at the end of input", async () => {
    const closes: number[] = [];
    const url = await listenWs((socket) => socket.on("close", (code) => closes.push(code)));
    expect((await runCli(["connect", url])).code).toBe(0);
    await expect.poll(() => closes, patient).toEqual([1000]);
  });

  it("V-56 shows what a hostile server sends without obeying it", async () => {
    const attacks = [
      "\u001b[2J\u001b[H",
      "\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007",
      "\u001b]52;c;ZXZpbA==\u0007",
      "safe\rEVIL",
      "user\u202Etxt.exe \u2066\u2069\u200b",
      "<img src=x onerror=alert(1)>",
    ];
    const url = await listenWs((socket) => {
      for (const attack of attacks) socket.send(attack);
      socket.send(Buffer.from("\u001b[2J"));
      socket.close(4000, "\u001b[2J\r\u202e");
    });
    const { out, err } = await runCli(["connect", url]);
    expect(`${out}${err}`.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u200b\u202e\u2066\u2069]/u);
    expect(out.split("\n")).toEqual([
      String.raw`\x1b[2J\x1b[H`,
      String.raw`\x1b]8;;https://evil.example\x07click\x1b]8;;\x07`,
      String.raw`\x1b]52;c;ZXZpbA==\x07`,
      String.raw`safe\rEVIL`,
      String.raw`user\u202etxt.exe \u2066\u2069\u200b`,
      "<img src=x onerror=alert(1)>",
      `00000000  1b 5b 32 4a ${" ".repeat(38)}|.[2J|`,
      "",
    ]);
    expect(err).toBe(
      'longwire: closed: 4000 private use (A code agreed between applications.), reason "\\x1b[2J\\r\\u202e"\n',
    );
  });

  it("prints every event as one JSON object with --json", async () => {
    const url = await listenWs((socket) => {
      socket.send("a\u001b\n");
      socket.send(Buffer.of(1, 2));
      socket.close(4001, "bye");
    });
    const { code, out } = await runCli(["connect", url, "--json"]);
    expect(code).toBe(0);
    const events = out
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(events).toMatchObject([
      { event: "open", url, protocol: "", extensions: "" },
      { event: "message", type: "text", data: "a\u001b\n" },
      { event: "message", type: "binary", data: "AQI=" },
      { event: "close", code: 4001, reason: "bye", wasClean: true },
    ]);
  });

  it("offers subprotocols and sends headers", async () => {
    const seen: unknown[] = [];
    const url = await listenWs((socket, headers) => {
      seen.push(headers["sec-websocket-protocol"], headers["x-token"], headers["x-other"]);
      socket.close(1000);
    });
    const args = ["--protocol", "one", "--protocol", "two", "-H", "X-Token: a: b", "-H", "X-Other: 2", "--json"];
    const { out } = await runCli(["connect", url, ...args]);
    expect(seen).toEqual(["one, two", "a: b", "2"]);
    expect(JSON.parse(out.split("\n")[0] ?? "")).toMatchObject({ protocol: "one" });
  });

  it("shows how long its pings took with --ping", async () => {
    const url = await listenWs(() => {});
    const cli = startCli(["connect", url, "--ping", "0.1"]);
    await expect.poll(() => /^pong after [\d.]+ ms$/m.test(cli.err()), patient).toBe(true);
    cli.child.stdin.end();
    expect(await cli.ended).toBe(0);
  });

  it("closes with 1000 at Ctrl-C", async () => {
    const closes: number[] = [];
    let attended = false;
    const url = await listenWs((socket) => {
      attended = true;
      socket.on("close", (code) => closes.push(code));
    });
    const cli = startCli(["connect", url]);
    await expect.poll(() => attended, patient).toBe(true);
    cli.child.kill("SIGINT");
    expect(await cli.ended).toBe(0);
    await expect.poll(() => closes, patient).toEqual([1000]);
  });

  it("says why there is no connection and exits with 1", async () => {
    const free = createTcpServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, "close");
    const { code, out, err } = await runCli(["connect", `ws://127.0.0.1:${port}/`]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^longwire: no connection: .+\n$/);
  });

  it("exits with 1 when the connection breaks", async () => {
    const url = await listenWs((socket) => socket.terminate());
    const { code, err } = await runCli(["connect", url]);
    expect(code).toBe(1);
    expect(err).toContain("1006 abnormal");
  });

  describe("--echo", () => {
    it("sends every message back in its type and says how the peer closed", async () => {
      const back: unknown[] = [];
      const url = await listenWs((socket) => {
        socket.on("message", (data: Buffer, isBinary) => {
          back.push(isBinary ? data : data.toString());
          if (back.length === 3) socket.close(4002, "done");
        });
        socket.send("text");
        socket.send(Buffer.of(9));
        socket.send("");
      });
      const { code, out, err } = await runCli(["connect", url, "--echo"]);
      expect(back).toEqual(["text", Buffer.of(9), ""]);
      expect([code, out, err]).toEqual([0, "CLOSE 4002 true\n", ""]);
    });

    it("exits with 0 as well when the peer drops the connection", async () => {
      const url = await listenWs((socket) => socket.terminate());
      expect(await runCli(["connect", url, "--echo"])).toMatchObject({ code: 0, out: "CLOSE 1006 false\n" });
    });

    it("does not end with its standard input", async () => {
      const url = await listenWs((socket) => {
        socket.on("message", () => socket.close(1000));
        setImmediate(() => socket.send("late"));
      });
      expect(await runCli(["connect", url, "--echo"], "ignored\n")).toMatchObject({
        code: 0,
        out: "CLOSE 1000 true\n",
      });
    });

    it("echoes 16 MiB with --max-message 16777216, and refuses them without", async () => {
      const size = 16 * 1024 * 1024;
      const lengths: number[] = [];
      const url = await listenWs(
        (socket) => {
          socket.on("message", (data: Buffer) => {
            lengths.push(data.length);
            socket.close(1000);
          });
          socket.send(Buffer.alloc(size, 1));
        },
        { perMessageDeflate: false },
      );
      const { out } = await runCli(["connect", url, "--echo", "--max-message", "16777216"]);
      expect([lengths, out]).toEqual([[size], "CLOSE 1000 true\n"]);
      expect((await runCli(["connect", url, "--echo"])).out).toMatch(/^CLOSE (1009|1006) (true|false)\n$/);
    });

    it("exits with 1 and an error line when no connection came about", async () => {
      const url = await listenWs(() => {}, { verifyClient: () => false });
      const { code, out, err } = await runCli(["connect", url, "--echo"]);
      expect([code, out]).toEqual([1, ""]);
      expect(err).toMatch(/^longwire: No connection: .*401.*\n$/);
    });
  });
});
