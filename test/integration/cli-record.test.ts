// `longwire record` and `longwire replay` as processes, against an echo and against a server that answers otherwise the second
// time.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { createServer } from "../../src/server/index.ts";
import { patient, runCli, startCli, stopAll, urlIn } from "../support/cli-process.ts";

interface RecordedLine {
  readonly t: number;
  readonly from?: string;
  readonly data?: string;
  readonly event?: string;
  readonly redacted?: boolean;
}

// Each test is several processes.
vi.setConfig({ testTimeout: 60_000 });

let folder = "";
let echoUrl = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "longwire-record-"));
  echoUrl = urlIn(await startCli(["echo", "--port", "0"]).firstLine);
});
afterAll(() => {
  stopAll();
  rmSync(folder, { recursive: true });
});

const path = (name: string): string => join(folder, name);
const read = (name: string): RecordedLine[] =>
  readFileSync(path(name), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RecordedLine);

/** A server that says `word` and a number after each message, counted for each connection. */
async function serve(word: string): Promise<string> {
  const server = createServer();
  onTestFinished(() => server.close());
  const counts = new WeakMap<object, number>();
  server.route("/*", {
    message(socket, data) {
      const count = (counts.get(socket) ?? 0) + 1;
      counts.set(socket, count);
      socket.send(count === 2 ? `${word} ${String(data)}` : String(data));
    },
  });
  const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
  return `ws://127.0.0.1:${port}/`;
}

describe("record", () => {
  test("keeps both sides in order with their times, and how it ended", async () => {
    const { code, out, err } = await runCli(["record", echoUrl, path("a.jsonl")], "one\ntwo\n");
    expect([code, out, err]).toEqual([0, "", "Recorded 2 messages of the client and 2 of the server.\n"]);
    const lines = read("a.jsonl");
    expect(lines[0]).toMatchObject({ record: 1, url: echoUrl.endsWith("/") ? echoUrl : `${echoUrl}/`, protocols: [] });
    const times = lines.slice(1).map(({ t }) => t);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    const said = (side: string) => lines.filter(({ from }) => from === side).map(({ data }) => data);
    expect([said("client"), said("server")]).toEqual([
      ["one", "two"],
      ["one", "two"],
    ]);
    expect(lines.at(-1)).toMatchObject({ event: "close", code: 1000, wasClean: true });
    expect(statSync(path("a.jsonl")).mode & 0o777).toBe(0o600);
  });

  test("V-50 keeps no secrets, unless it is told to", async () => {
    const canary = "canary-0123456789";
    const input = `{"token":"${canary}","text":"hi"}\nmine is ${canary}2\n`;
    const line = ["record", `${echoUrl}/?token=${canary}1`, path("b.jsonl"), "-H", `Authorization: Bearer ${canary}2`];
    expect((await runCli(line, input)).code).toBe(0);
    const text = readFileSync(path("b.jsonl"), "utf8");
    expect(text).toContain("hi");
    expect(text).not.toContain(canary);
    expect(read("b.jsonl").filter(({ redacted }) => redacted === true)).toHaveLength(4);
    expect((await runCli([...line, "--keep-secrets", "--force"], input)).code).toBe(0);
    expect(readFileSync(path("b.jsonl"), "utf8")).toContain(`mine is ${canary}2`);
  });

  test("does not replace a file, and writes no more than it may", async () => {
    writeFileSync(path("c.jsonl"), "mine");
    const refused = await runCli(["record", echoUrl, path("c.jsonl")], "x\n");
    expect([refused.code, readFileSync(path("c.jsonl"), "utf8")]).toEqual([1, "mine"]);
    expect(refused.err).toMatch(/^longwire: Cannot write .*it exists; --force replaces it\.\n$/);
    const input = `${"x".repeat(500)}\n`.repeat(50);
    const full = await runCli(["record", echoUrl, path("d.jsonl"), "--max-bytes", "4KiB"], input);
    expect([full.code, full.err]).toEqual([1, expect.stringMatching(/as large as it may be/)]);
    expect(statSync(path("d.jsonl")).size).toBeLessThan(4096 + 300);
    expect(
      read("d.jsonl")
        .map(({ event }) => event)
        .filter(Boolean),
    ).toEqual(["open", "full", "close"]);
  });

  test("goes on after its input with --for, until Ctrl-C", async () => {
    const cli = startCli(["record", echoUrl, path("e.jsonl"), "--for", "600"]);
    cli.child.stdin.end("one\n");
    await expect
      .poll(() => {
        try {
          return read("e.jsonl").length;
        } catch {
          return 0;
        }
      }, patient)
      .toBeGreaterThan(3);
    cli.child.kill("SIGINT");
    expect(await cli.ended).toBe(0);
    expect(read("e.jsonl").at(-1)).toMatchObject({ event: "close", code: 1000 });
  });

  test("nobody there: the file says so, and so does the exit code", async () => {
    const { code, err } = await runCli(["record", "ws://127.0.0.1:1/", path("f.jsonl")], "x\n");
    expect([code, err]).toEqual([1, expect.stringMatching(/^longwire: no connection: /)]);
    expect(read("f.jsonl").at(-1)).toMatchObject({ event: "failed" });
    expect((await runCli(["record", echoUrl, join(folder, "no", "where")])).err).toContain("there is no such folder");
  });
});

describe("replay", () => {
  test.skipIf(process.platform === "win32")(
    "a file that does not say how long it is is not read for ever",
    async () => {
      const { code, err } = await runCli(["replay", "/dev/zero", echoUrl]);
      expect([code, err]).toEqual([1, "longwire: The recording is too large: at most 256 MiB are read.\n"]);
    },
  );

  test("the same server answers the same", async () => {
    await runCli(["record", echoUrl, path("g.jsonl")], "one\ntwo\nthree\n");
    const { code, out, err } = await runCli(["replay", path("g.jsonl"), echoUrl, "--wait", "0.2"]);
    expect([code, out, err]).toEqual([
      0,
      "Sent 3 messages; of 3 answers 3 came as recorded, 0 did not, 0 are new.\n",
      "",
    ]);
  });

  test("another one's differences are told, with --ignore only those that matter, and as JSON", async () => {
    const [first, second] = [await serve("first"), await serve("second\u001b[2J")];
    await runCli(["record", first, path("h.jsonl")], "one\ntwo\nthree\n");
    const replay = ["replay", path("h.jsonl"), second, "--wait", "0.5", "--speed", "2"];
    const { code, out } = await runCli(replay);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^- recorded +\d\.\d{3} s {2}first two\n\+ now +\d\.\d{3} s {2}second\\x1b\[2J two\nSent 3 messages; of 3 answers 2 came/,
    );
    expect((await runCli([...replay, "--ignore", String.raw`(first|second\u{1b}\[2J) `])).code).toBe(0);
    const json = JSON.parse((await runCli([...replay, "--json"])).out) as {
      differences: { kind: string; data: string }[];
    };
    expect(json).toMatchObject({ replay: 1, sent: 3, unsent: 0, recorded: 3, arrived: 3, same: 2 });
    expect(json.differences.map(({ kind }) => kind)).toEqual(["missing", "extra"]);
  });

  test("keeps the recording's time, and --speed divides it", async () => {
    const head = { record: 1, url: "ws://h/", protocols: [], startedAt: "" };
    const message = (t: number, data: string) => ({ t, from: "client", type: "text", data });
    const lines = [head, { t: 100, event: "open" }, message(100, "a"), message(1_100, "b"), message(2_100, "c")];
    writeFileSync(path("i.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const arrivals: number[] = [];
    const server = createServer();
    onTestFinished(() => server.close());
    server.route("/*", { message: () => void arrivals.push(performance.now()) });
    const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
    expect(
      (await runCli(["replay", path("i.jsonl"), `ws://127.0.0.1:${port}/`, "--speed", "2", "--wait", "0"])).code,
    ).toBe(0);
    const [first = 0, , last = 0] = arrivals;
    // A second of the replay's time lies between them; however slow the machine, they do not come in one go.
    expect(last - first).toBeGreaterThan(300);
  });

  test.each([
    ["no recording", "hello\n", /This is no recording/],
    [
      "a damaged one",
      '{"record":1,"url":"ws://h/"}\n{"t":"x"}\n{"t":1,"event":"open"}\n',
      /Line 2 of the recording is damaged/,
    ],
  ])("%s gets one sentence", async (name, text, sentence) => {
    writeFileSync(path(`${name}.jsonl`), text);
    const { code, out, err } = await runCli(["replay", path(`${name}.jsonl`), echoUrl]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(sentence);
  });

  test("no file, and nobody there", async () => {
    expect(await runCli(["replay", path("none"), echoUrl])).toMatchObject({
      code: 1,
      err: expect.stringContaining("no such file") as string,
    });
    await runCli(["record", echoUrl, path("j.jsonl")], "one\n");
    expect(await runCli(["replay", path("j.jsonl"), "ws://127.0.0.1:1/"])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^longwire: No conversation came about: /) as string,
    });
  });
});
