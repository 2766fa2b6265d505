import { describe, expect, it } from "vitest";
import { formatClose, jsonTranscript, plainTranscript, terminalTranscript } from "../../../src/cli/transcript.ts";
import type { Paint } from "../../../src/cli/terminal.ts";

const noon = (): Date => new Date(2026, 0, 2, 12, 4, 5);
const unpainted: Paint = (_style, text) => text;

function recordPage() {
  const lines: string[] = [];
  const page = {
    data: (line: string) => void lines.push(line),
    remark: (line: string) => void lines.push(`# ${line}`),
  };
  return { lines, page };
}

const hostile = "\u001b[2J\u001b]52;c;ZXZpbA==\u0007\u001b]8;;x\u0007\r\u202e<img onerror=x>";

describe("terminalTranscript", () => {
  it("tells what was agreed", () => {
    const { lines, page } = recordPage();
    terminalTranscript(page, unpainted, noon).opened({
      url: "ws://host/",
      protocol: "chat.v1",
      extensions: "",
      elapsedMs: 4.23,
    });
    expect(lines).toEqual([
      "# 12:04:05 Connected to ws://host/ in 4.2 ms: subprotocol chat.v1, no extensions.",
      "#          /help lists the commands.",
    ]);
  });

  it("shows text with its lines and bytes as a dump", () => {
    const { lines, page } = recordPage();
    const transcript = terminalTranscript(page, unpainted, noon);
    transcript.received("one\ntwo");
    transcript.received(Uint8Array.of(72, 105));
    transcript.received(Uint8Array.of(1));
    expect(lines).toEqual([
      "12:04:05 < one",
      "           two",
      "12:04:05 < binary, 2 bytes",
      `           00000000  48 69 ${" ".repeat(44)}|Hi|`,
      "12:04:05 < binary, 1 byte",
      `           00000000  01 ${" ".repeat(47)}|.|`,
    ]);
  });

  it("V-56 lets nothing through that a terminal would obey", () => {
    const { lines, page } = recordPage();
    const transcript = terminalTranscript(page, unpainted, noon);
    transcript.received(hostile);
    transcript.received(Buffer.from(hostile));
    transcript.closed({ code: 4000, reason: hostile, wasClean: true, fault: hostile });
    transcript.failed(hostile);
    transcript.opened({ url: "ws://h/", protocol: hostile, extensions: hostile, elapsedMs: 1 });
    expect(lines.join("")).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(lines[0]).toBe("12:04:05 < \\x1b[2J\\x1b]52;c;ZXZpbA==\\x07\\x1b]8;;x\\x07\\r\\u202e<img onerror=x>");
  });

  it("shows the beginning of what is too long to read", () => {
    const { lines, page } = recordPage();
    const transcript = terminalTranscript(page, unpainted, noon);
    transcript.received("x".repeat(10_007));
    transcript.received(new Uint8Array(1_030));
    expect(lines[0]).toHaveLength("12:04:05 < ".length + 10_000);
    expect(lines[1]).toContain("and 7 more characters");
    expect(lines.at(-1)).toContain("and 6 more bytes");
    expect(lines).toHaveLength(2 + 1 + 64 + 1);
  });
});

describe("plainTranscript", () => {
  it("V-56 gives each text message one line, escaped", () => {
    const { lines, page } = recordPage();
    const transcript = plainTranscript(page);
    transcript.received("one\ntwo");
    transcript.received(hostile);
    expect(lines[0]).toBe("one\\ntwo");
    expect(lines[1]).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  it("is silent about an ordinary end and says how any other came", () => {
    const { lines, page } = recordPage();
    const transcript = plainTranscript(page);
    transcript.opened({ url: "ws://host/", protocol: "", extensions: "", elapsedMs: 1 });
    transcript.noted(["x"]);
    transcript.closed({ code: 1000, reason: "", wasClean: true, fault: undefined });
    expect(lines).toEqual([]);
    transcript.closed({ code: 1006, reason: "", wasClean: false, fault: "the peer vanished" });
    expect(lines).toEqual([
      "# longwire: closed: 1006 abnormal (The connection ended without a closing handshake.), not clean. the peer vanished",
    ]);
  });
});

describe("jsonTranscript", () => {
  it("writes each event as one line of JSON, data unchanged", () => {
    const { lines, page } = recordPage();
    const transcript = jsonTranscript(page, noon);
    transcript.opened({ url: "ws://host/", protocol: "p", extensions: "", elapsedMs: 12.4 });
    transcript.received(`${hostile}\u009b2J\n`);
    transcript.received(Uint8Array.of(0, 255));
    transcript.ponged(0.44);
    transcript.closed({ code: 1000, reason: "bye", wasClean: true, fault: undefined });
    transcript.failed("refused");
    const at = noon().getTime();
    expect(lines.join("")).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      { event: "open", at, url: "ws://host/", protocol: "p", extensions: "", elapsedMs: 12 },
      { event: "message", at, type: "text", data: `${hostile}\u009b2J\n` },
      { event: "message", at, type: "binary", data: "AP8=" },
      { event: "pong", at, elapsedMs: 0.4 },
      { event: "close", at, code: 1000, reason: "bye", wasClean: true },
      { event: "error", at, fault: "refused" },
    ]);
  });
});

describe("formatClose", () => {
  it("gives the code its name, meaning and reason", () => {
    expect(formatClose({ code: 1009, reason: "big", wasClean: true, fault: undefined })).toBe(
      '1009 message too big (A message was larger than this endpoint accepts.), reason "big"',
    );
  });
});
