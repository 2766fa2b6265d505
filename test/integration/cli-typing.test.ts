// `longwire connect` at a terminal: the command in this process, a terminal in memory, a server of the ws package.
import { afterEach, describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { connect } from "../../src/cli/connect.ts";
import type { ConnectOptions } from "../../src/cli/program.ts";
import { patient } from "../support/cli-process.ts";
import { memoryTerminal } from "../support/memory-terminal.ts";
import { letGo, listenWs } from "../support/ws-peer.ts";

afterEach(letGo);

/** A conversation: what is typed, what is on the screen, what the server got. */
async function converse(options: Partial<ConnectOptions> = {}) {
  const got: (string | Buffer)[] = [];
  const closes: [number, string][] = [];
  const sockets: WebSocket[] = [];
  const url = await listenWs((socket) => {
    sockets.push(socket);
    socket.on("message", (data: Buffer, isBinary) => got.push(isBinary ? data : data.toString()));
    socket.on("ping", (data: Buffer) => got.push(`ping ${data.toString()}`));
    socket.on("close", (code, reason) => closes.push([code, reason.toString()]));
  });
  const terminal = memoryTerminal({ isTTY: true, env: { NO_COLOR: "1" } });
  const ended = connect({ url, protocol: [], header: [], ...options }, terminal);
  await expect.poll(() => terminal.output.out, patient).toContain("/help lists the commands.");
  const [socket] = sockets;
  if (socket === undefined) throw new Error("The server has no client.");
  const type = (text: string): void => void terminal.stdin.write(text);
  return { type, got, closes, socket, ended, screen: () => terminal.output.out };
}

describe("longwire connect at a terminal", () => {
  it("sends what is typed and shows what comes", async () => {
    const { type, got, socket, screen, ended } = await converse();
    type("hello\r");
    await expect.poll(() => got, patient).toEqual(["hello"]);
    socket.send("hi\nthere");
    await expect.poll(screen, patient).toMatch(/\d\d:\d\d:\d\d < hi\n/);
    expect(screen()).toContain(`${" ".repeat(11)}there`);
    type("\u0004");
    expect(await ended).toBe(0);
  });

  it("sends a pasted block as one message, and nothing for an empty line", async () => {
    const { type, got, ended } = await converse();
    type("\r");
    type("\u001b[200~/close\rline two\u001b[201~");
    await new Promise((resolve) => setImmediate(resolve));
    type("\r");
    await expect.poll(() => got, patient).toEqual(["/close\nline two"]);
    type("\u0003");
    expect(await ended).toBe(0);
  });

  it("knows its slash commands and sends nothing for others", async () => {
    const { type, got, closes, screen, ended } = await converse();
    type("/help\r");
    await expect.poll(screen, patient).toContain("/binary HEX");
    type("/quit\r");
    await expect.poll(screen, patient).toContain("There is no command /quit.");
    type("/binary 00 ff\r");
    type("//slash\r");
    type("/ping there\r");
    await expect.poll(screen, patient).toMatch(/pong after [\d.]+ ms/);
    expect(got).toEqual([Buffer.of(0, 255), "/slash", "ping there"]);
    type("/close 3001 bye now\r");
    expect(await ended).toBe(0);
    await expect.poll(() => closes, patient).toEqual([[3001, "bye now"]]);
  });

  it.each([
    ["Ctrl-C", "\u0003"],
    ["Ctrl-D", "\u0004"],
  ])("closes with 1000 at %s", async (_name, key) => {
    const { type, closes, ended } = await converse();
    type(key);
    expect(await ended).toBe(0);
    await expect.poll(() => closes.map(([code]) => code), patient).toEqual([1000]);
  });

  it("V-56 obeys nothing of what a peer sends", async () => {
    const attack = "\u001b[2J\u001b]52;c;ZXZpbA==\u0007\u001b]8;;http://evil\u0007x\u009b1A\rback\u202e<img onerror=x>";
    const { socket, screen, ended } = await converse();
    const before = screen();
    socket.send(attack);
    socket.send(Buffer.from(attack));
    socket.close(4000, "\u001b[2J\u202e");
    expect(await ended).toBe(0);
    const shown = screen().slice(before.length);
    expect(shown).toContain(String.raw`\x1b[2J\x1b]52;c;ZXZpbA==\x07`);
    expect(shown).toContain(
      String.raw`Closed: 4000 private use (A code agreed between applications.), reason "\x1b[2J\u202e"`,
    );
    // What remains of control sequences is the editor's own: moving the cursor and erasing the line being typed.
    const own = new RegExp(String.raw`\u001b\[(?:\d*[AGCD]|0J|\?2004[hl])`, "g");
    expect(shown.replaceAll(own, "").replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  it("shows how the connection ended, with the meaning of the code", async () => {
    const { socket, screen, ended } = await converse();
    socket.terminate();
    expect(await ended).toBe(1);
    expect(screen()).toContain("Closed: 1006 abnormal (The connection ended without a closing handshake.), not clean");
  });
});
