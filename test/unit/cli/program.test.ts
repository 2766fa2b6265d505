import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CommandFailure, UsageFailure } from "../../../src/cli/failure.ts";
import { type Commands, runCommandLine } from "../../../src/cli/program.ts";
import { memoryTerminal } from "../../support/memory-terminal.ts";

async function run(line: readonly string[], overrides: Partial<Commands> = {}, env: Record<string, string> = {}) {
  const terminal = memoryTerminal({ env });
  const calls: unknown[] = [];
  const note =
    (name: string) =>
    (options: object): Promise<number> => {
      calls.push([name, options]);
      return Promise.resolve(0);
    };
  const commands: Commands = {
    serve: note("serve"),
    echo: note("echo"),
    connect: note("connect"),
    doctor: note("doctor"),
    decode: note("decode"),
    record: note("record"),
    replay: note("replay"),
    ...overrides,
  };
  const code = await runCommandLine(line, terminal, commands);
  return { code, calls, out: terminal.output.out, err: terminal.output.err };
}

describe("the command line", () => {
  it("gives serve its defaults", async () => {
    expect(await run(["serve"])).toMatchObject({
      code: 0,
      calls: [["serve", { port: 8101, host: "127.0.0.1", origin: [] }]],
    });
  });

  it("reads every option of serve", async () => {
    const line =
      "serve --port 0 --host ::1 --cert c.pem --key k.pem --origin https://a.example --origin http://b:3000 --json";
    expect((await run(line.split(" "))).calls).toEqual([
      [
        "serve",
        {
          port: 0,
          host: "::1",
          cert: "c.pem",
          key: "k.pem",
          origin: ["https://a.example", "http://b:3000"],
          json: true,
        },
      ],
    ]);
  });

  it("reads every option of echo", async () => {
    const line = "echo --port 9001 --host 0.0.0.0 --max-message 16777216 --cert c --key k";
    expect((await run(line.split(" "))).calls).toEqual([
      ["echo", { port: 9001, host: "0.0.0.0", maxMessage: 16_777_216, cert: "c", key: "k" }],
    ]);
  });

  it("reads every option of connect", async () => {
    const line = [
      "connect",
      "ws://h/x",
      "--echo",
      "--protocol",
      "a",
      "--protocol",
      "b",
      "-H",
      "X-A: 1",
      "--header",
      "X-B: 2",
    ];
    line.push("--max-message", "5", "--insecure", "--ping", "2.5", "--json");
    expect((await run(line)).calls).toEqual([
      [
        "connect",
        {
          url: "ws://h/x",
          echo: true,
          protocol: ["a", "b"],
          header: [
            ["X-A", "1"],
            ["X-B", "2"],
          ],
          maxMessage: 5,
          insecure: true,
          ping: 2.5,
          json: true,
        },
      ],
    ]);
  });

  it("reads every option of doctor, and gives it its defaults", async () => {
    expect((await run(["doctor", "https://h/x"])).calls).toEqual([
      ["doctor", { url: "wss://h/x", protocol: [], header: [], line: "/longwire", timeout: 5 }],
    ]);
    const line =
      "doctor ws://h/x --protocol a -H X:1 --echo --idle --max-message --line /live/ --timeout 2 --insecure --json";
    const options = { protocol: ["a"], header: [["X", "1"]], echo: true, insecure: true, json: true };
    const given = { line: "/live", timeout: 2, idle: 130, maxMessage: 16 * 1024 * 1024 };
    expect((await run(line.split(" "))).calls).toEqual([["doctor", { url: "ws://h/x", ...options, ...given }]]);
    const numbers = await run(["doctor", "ws://h/x", "--idle", "20", "--max-message", "1KiB"]);
    expect(numbers.calls).toMatchObject([["doctor", { idle: 20, maxMessage: 1024 }]]);
  });

  it("reads every option of decode, record and replay", async () => {
    expect((await run(["decode"])).calls).toEqual([["decode", { bytes: 256 }]]);
    expect((await run("decode a.pcap --port 80 --bytes 9 --json".split(" "))).calls).toEqual([
      ["decode", { file: "a.pcap", port: 80, bytes: 9, json: true }],
    ]);
    const record = "record ws://h/x f --protocol a -H X:1 --for 5 --max-bytes 1MiB --force --keep-secrets --insecure";
    const common = { protocol: ["a"], header: [["X", "1"]], insecure: true };
    expect((await run(record.split(" "))).calls).toEqual([
      [
        "record",
        { url: "ws://h/x", file: "f", ...common, for: 5, maxBytes: 1024 * 1024, force: true, keepSecrets: true },
      ],
    ]);
    const replay = "replay f ws://h/x --protocol a -H X:1 --speed 2.5 --wait 0 --ignore a+ --insecure --json";
    expect((await run(replay.split(" "))).calls).toEqual([
      ["replay", { url: "ws://h/x", file: "f", ...common, speed: 2.5, wait: 0, ignore: /a+/gu, json: true }],
    ]);
  });

  it.each([
    [["srve"], "unknown command 'srve'", "(Did you mean serve?)"],
    [["conect", "ws://h"], "unknown command 'conect'", "(Did you mean connect?)"],
    [["serve", "--prot", "1"], "unknown option '--prot'", "(Did you mean --port?)"],
    [["serve", "--port", "http"], "'http' is invalid", "0 to 65535"],
    [["serve", "--port"], "argument missing", "--port"],
    [["serve", "now"], "too many arguments", "Expected 0"],
    [["echo"], "'--port <number>' not specified", "--help"],
    [["echo", "--port", "1", "--max-message", "lots"], "'lots' is invalid", "Expected bytes"],
    [["connect"], "missing required argument 'url'", "--help"],
    [["connect", "localhost:9001"], "'localhost:9001' is invalid", "Did you mean ws://localhost:9001/?"],
    [["connect", "ws://h", "-H", "broken"], "'broken' is invalid", "Expected 'Name: value'"],
    [["connect", "ws://h", "--ping", "often"], "'often' is invalid", "Expected seconds"],
    [["serve", "--origin", "a.example"], "'a.example' is invalid", "Expected an origin"],
    [["doctor", "ws://h", "--idle", "0"], "'0' is invalid", "Expected seconds from 1 to 3600"],
    [["doctor", "ws://h", "--line", "//[x"], "is invalid", "Expected a path"],
    [["doctor", "ws://h", "--line", "/a b"], "is invalid", "Expected a path"],
    [["doctor", "ws://h", "--timeout", "1e9"], "is invalid", "Expected seconds"],
    [["decode", "a", "b"], "too many arguments", "Expected 1"],
    [["decode", "--bytes", "-1"], "is invalid", "Expected bytes"],
    [["record", "ws://h"], "missing required argument 'file'", "--help"],
    [["replay", "f"], "missing required argument 'url'", "--help"],
    [["replay", "f", "ws://h", "--speed", "fast"], "is invalid", "Expected a factor"],
    [["replay", "f", "ws://h", "--speed", "0"], "is invalid", "Expected a factor"],
    [["replay", "f", "ws://h", "--ignore", "("], "is invalid", "regular expression"],
  ])("exits with 2 and a sentence for %j", async (line, what, hint) => {
    const { code, calls, out, err } = await run(line);
    expect(code).toBe(2);
    expect(calls).toEqual([]);
    expect(out).toBe("");
    expect(err).toMatch(/^longwire: /);
    expect(err).toContain(what);
    expect(err).toContain(hint);
  });

  it("shows the help and exits with 2 when no command is named", async () => {
    const { code, out, err } = await run([]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("Usage: longwire");
  });

  it("prints the version of the package", async () => {
    const manifest = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    expect(await run(["--version"])).toMatchObject({ code: 0, out: `${manifest.version}\n`, err: "" });
  });

  it.each([
    [["--help"], ["serve", "echo", "connect", "Begin with:"]],
    [
      ["serve", "--help"],
      ["--port", "--host", "--cert", "--key", "--origin", "--json", "Examples:", "/readyz"],
    ],
    [
      ["echo", "--help"],
      ["--port", "--max-message", "/broadcast", "/sink", "Examples:"],
    ],
    [
      ["connect", "--help"],
      ["--echo", "--protocol", "--header", "--insecure", "--ping", "Examples:", "CLOSE <code>"],
    ],
    [
      ["doctor", "--help"],
      ["--idle", "--max-message", "--line", "--timeout", "--json", "Examples:", "Ctrl-C"],
    ],
    [
      ["decode", "--help"],
      ["--port", "--bytes", "pcapng", "tcpdump"],
    ],
    [
      ["record", "--help"],
      ["--for", "--keep-secrets", "Examples:"],
    ],
    [
      ["replay", "--help"],
      ["--speed", "--ignore", "Examples:"],
    ],
    [["help", "connect"], ["Talk to a WebSocket server"]],
  ])("explains %j on standard output, with the exit codes", async (line, words) => {
    const { code, out, err } = await run(line);
    expect([code, err]).toEqual([0, ""]);
    for (const word of [...words, "Exit codes:"]) expect(out).toContain(word);
  });

  it("fits help into 120 columns", async () => {
    for (const name of ["serve", "echo", "connect", "doctor", "decode", "record", "replay"]) {
      const { out } = await run([name, "--help"]);
      expect(out.split("\n").filter((line) => line.length > 120)).toEqual([]);
    }
  });

  it("colours help when told to and not otherwise", async () => {
    const escape = "\u001b[";
    expect((await run(["--help"])).out).not.toContain(escape);
    expect((await run(["--help"], {}, { FORCE_COLOR: "1" })).out).toContain(escape);
    expect((await run(["--help"], {}, { FORCE_COLOR: "1", NO_COLOR: "1" })).out).not.toContain(escape);
  });

  it("passes on the exit code of a command", async () => {
    expect((await run(["serve"], { serve: () => Promise.resolve(1) })).code).toBe(1);
  });

  it.each([
    [new CommandFailure("The disk is full."), 1],
    [new UsageFailure("--cert without --key."), 2],
  ])("prints the sentence of a failure and exits with its code", async (failure, expected) => {
    const { code, out, err } = await run(["serve"], { serve: () => Promise.reject(failure) });
    expect([code, out, err]).toEqual([expected, "", `longwire: ${failure.message}\n`]);
  });

  it("does not disguise a fault of its own as the user's", async () => {
    const fault = new TypeError("bug");
    await expect(run(["serve"], { serve: () => Promise.reject(fault) })).rejects.toBe(fault);
  });

  it("has a line in docs/reference/cli.md for every option", async () => {
    const page = readFileSync(new URL("../../../docs/reference/cli.md", import.meta.url), "utf8");
    for (const name of ["serve", "echo", "connect", "doctor", "decode", "record", "replay"]) {
      const { out } = await run([name, "--help"]);
      const options = [...out.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, option = ""]) => option);
      expect(options.length).toBeGreaterThan(3);
      const section = page.split(/^## /m).find((text) => text.startsWith(`longwire ${name}`)) ?? "";
      for (const option of options)
        expect(option === "--help" || section.includes(`\`${option}`), `${name} ${option}`).toBe(true);
    }
  });
});
