import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Violation } from "../../../../src/base/errors.ts";
import {
  ResponseHeadReader,
  type ReceivedHead,
  type ResponseHeadLimits,
} from "../../../../src/protocol/handshake/response-head.ts";
import { cutAt, everyTwoWays, oneByteEach, type Cuts } from "../../../support/chunkings.ts";
import { caseCount, runSeeds } from "../../../support/seeded-random.ts";
import { sampleAccept } from "../../../support/upgrade-head.ts";

const limits: ResponseHeadLimits = { maxHeaderBytes: 16 * 1024, maxHeaders: 100 };

const answer =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  `Sec-WebSocket-Accept: ${sampleAccept}\r\n\r\n`;

type Outcome = "more" | Violation | { head: ReceivedHead["head"]; rest: string };

/** What a stream gives in the end; bytes behind the head are put together whichever chunk they came in. */
function read(stream: string | Uint8Array, cuts: Cuts = [], bounds: ResponseHeadLimits = limits): Outcome {
  const reader = new ResponseHeadReader(bounds);
  let outcome: Outcome = "more";
  for (const chunk of cutAt(Buffer.from(stream as string, "latin1"), cuts)) {
    if (typeof outcome === "object" && "head" in outcome) {
      outcome.rest += Buffer.from(chunk).toString("latin1");
      continue;
    }
    const result = reader.receive(chunk);
    outcome =
      typeof result === "object" && "head" in result
        ? { head: result.head, rest: Buffer.from(result.rest).toString("latin1") }
        : result;
  }
  return outcome;
}

function violationOf(stream: string | Uint8Array, bounds: ResponseHeadLimits = limits): string {
  const outcome = read(stream, [], bounds);
  if (typeof outcome === "string" || "head" in outcome) throw new Error(`no violation: ${JSON.stringify(outcome)}`);
  expect(outcome.closeCode).toBe(1006);
  expect(outcome.message).toMatch(/^[\x20-\x7e]{1,123}$/);
  expect(read(stream, oneByteEach(stream.length), bounds)).toBe(outcome);
  return outcome.code;
}

test("a head comes with its status, words and headers in their order", () => {
  expect(read(answer)).toEqual({
    head: {
      status: 101,
      statusText: "Switching Protocols",
      headers: [
        ["Upgrade", "websocket"],
        ["Connection", "Upgrade"],
        ["Sec-WebSocket-Accept", sampleAccept],
      ],
    },
    rest: "",
  });
});

test("P-26 the bytes behind the head are handed on", () => {
  expect(read(`${answer}\x81\x02hi`)).toMatchObject({ rest: "\x81\x02hi" });
});

test("the bytes behind the head are a view of the chunk, not a copy", () => {
  const chunk = Buffer.from(`${answer}\x81\x00`, "latin1");
  const received = new ResponseHeadReader(limits).receive(chunk) as ReceivedHead;
  expect(received.rest.buffer).toBe(chunk.buffer);
});

test("what is kept of a chunk is a copy", () => {
  const reader = new ResponseHeadReader(limits);
  const first = Buffer.from(answer.slice(0, 40));
  expect(reader.receive(first)).toBe("more");
  first.fill(0);
  expect(reader.receive(Buffer.from(answer.slice(40)))).toMatchObject({ head: { status: 101 } });
});

test("a head cut anywhere gives the same", () => {
  const stream = `HTTP/1.1 100 \r\n\r\n${answer}\x81\x00`;
  const whole = read(stream);
  for (const cuts of everyTwoWays(stream.length)) expect(read(stream, cuts)).toEqual(whole);
  expect(read(stream, oneByteEach(stream.length))).toEqual(whole);
});

describe("interim answers", () => {
  test("P-21 100 and 103 before 101 are skipped with their headers", () => {
    const outcome = read(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${answer}`);
    expect(outcome).toEqual(read(answer));
  });

  test.each([200, 204, 301, 400, 401, 426, 503])("P-21 %d is a final answer", (status) => {
    expect(read(`HTTP/1.1 ${status} Words\r\nA: b\r\n\r\nbody`)).toEqual({
      head: { status, statusText: "Words", headers: [["A", "b"]] },
      rest: "body",
    });
  });

  test("V-20 interim answers without end reach the limit of bytes", () => {
    expect(violationOf("HTTP/1.1 100 \r\n\r\n".repeat(2_000))).toBe("LW_PROTOCOL_RESPONSE_TOO_LONG");
  });

  test("V-20 headers of interim answers count", () => {
    const interim = `HTTP/1.1 100 \r\n${"A: b\r\n".repeat(60)}\r\n`;
    expect(violationOf(interim + interim)).toBe("LW_PROTOCOL_RESPONSE_TOO_LONG");
  });
});

describe("the status line", () => {
  test("its words may be missing, with or without the space", () => {
    expect(read("HTTP/1.1 404 \r\n\r\n")).toMatchObject({ head: { status: 404, statusText: "" } });
    expect(read("HTTP/1.1 404\r\n\r\n")).toMatchObject({ head: { status: 404, statusText: "" } });
  });

  test("HTTP/1.0 may refuse, but it cannot switch protocols", () => {
    expect(read("HTTP/1.0 404 Not Found\r\n\r\n")).toMatchObject({ head: { status: 404 } });
    expect(violationOf(answer.replace("1.1", "1.0"))).toBe("LW_PROTOCOL_RESPONSE_MALFORMED");
  });

  test.each([
    "HTTP/1.2 101 x",
    "HTTP/1.1  101 x",
    "HTTP/1.1 1010 x",
    "HTTP/1.1 10 x",
    "HTTP/1.1 1e2 x",
    "HTTP/1.1 +10 x",
    "HTTP/1.1 099 x",
    "HTTP/1.1 600 x",
    "HTTP/1.1 101x",
    "HTTP/1.1\t101 x",
    "HTTP/1.1 101 a\0b",
    "HTTP/1.1 101 a\rb",
    "HTTP/1.1",
  ])("%j is malformed", (line) => {
    expect(violationOf(`${line}\r\n\r\n`)).toBe("LW_PROTOCOL_RESPONSE_MALFORMED");
  });

  test.each([
    "SSH-2.0-OpenSSH_9\r\n",
    "\x15\x03\x01\x00\x02\x02\x46",
    "\r\nHTTP/1.1 101 x\r\n\r\n",
    "HTTP/2 101\r\n",
    "h",
    "<!d",
  ])("%j is not HTTP, and that is known without waiting for a line end", (stream) => {
    expect(violationOf(stream)).toBe("LW_PROTOCOL_RESPONSE_NOT_HTTP");
  });
});

describe("a header line", () => {
  test("loses the blanks around its value, and may be empty or opaque", () => {
    expect(read("HTTP/1.1 200 x\r\nA:\t b c \r\nB:\r\nC: \xe9\x85\r\n\r\n")).toMatchObject({
      head: {
        headers: [
          ["A", "b c"],
          ["B", ""],
          ["C", "\xe9\x85"],
        ],
      },
    });
  });

  test.each([
    "A b",
    "A : b",
    " A: b",
    "\tfolded",
    ": b",
    "A\0: b",
    "A: b\0",
    "A: b\rX: y",
    "A: b\x7f",
    "A: \x1b[2J",
    "\xe9: b",
    "A: b\r",
  ])("%j is malformed", (line) => {
    expect(violationOf(`HTTP/1.1 200 x\r\nOk: 1\r\n${line}\r\n\r\n`)).toBe("LW_PROTOCOL_RESPONSE_MALFORMED");
  });

  test.each(["HTTP/1.1 200 x\nA: b\r\n\r\n", "HTTP/1.1 200 x\r\nA: b\n\r\n", "HTTP/1.1 200 x\r\nA: b\r\n\n"])(
    "%j: a line ends with CR LF only",
    (stream) => {
      expect(violationOf(stream)).toBe("LW_PROTOCOL_RESPONSE_MALFORMED");
    },
  );

  test("V-31 names of Object.prototype are ordinary names", () => {
    expect(read("HTTP/1.1 200 x\r\n__proto__: a\r\nconstructor: b\r\n\r\n")).toMatchObject({
      head: {
        headers: [
          ["__proto__", "a"],
          ["constructor", "b"],
        ],
      },
    });
  });
});

describe("limits", () => {
  const bounds = { maxHeaderBytes: answer.length, maxHeaders: 3 };

  test("V-20 a head as long as the limit is read, one byte more is a violation", () => {
    expect(read(`${answer}rest`, [], bounds)).toMatchObject({ rest: "rest" });
    expect(violationOf(answer, { ...bounds, maxHeaderBytes: answer.length - 1 })).toBe("LW_PROTOCOL_RESPONSE_TOO_LONG");
  });

  test("V-20 as many headers as the limit are read, one more is a violation", () => {
    expect(read(answer, [], bounds)).toMatchObject({ head: { status: 101 } });
    expect(violationOf(answer, { ...bounds, maxHeaders: 2 })).toBe("LW_PROTOCOL_RESPONSE_TOO_LONG");
  });

  test("V-20 a head without end stops at the limit, whatever the chunks", () => {
    const endless = Buffer.from(`HTTP/1.1 200 x\r\nA: ${"a".repeat(20 * 1024 * 1024)}`);
    const reader = new ResponseHeadReader(limits);
    let received = 0;
    for (let at = 0; at < endless.length; at += 4096) {
      if (reader.receive(endless.subarray(at, at + 4096)) !== "more") break;
      received = at + 4096;
    }
    expect(received).toBe(16 * 1024);
  });

  test("V-20 a drip of single bytes copies each byte a bounded number of times", () => {
    const stream = Buffer.from(`HTTP/1.1 200 x\r\n${"A: b\r\n".repeat(90)}B: ${"b".repeat(12 * 1024)}\r\n\r\n`);
    const reader = new ResponseHeadReader(limits);
    let copied = 0;
    const set = Uint8Array.prototype.set;
    Uint8Array.prototype.set = function count(this: Uint8Array, source: ArrayLike<number>, at?: number) {
      copied += source.length;
      set.call(this, source, at);
    };
    try {
      for (let at = 0; at < stream.length; at++) reader.receive(stream.subarray(at, at + 1));
    } finally {
      Uint8Array.prototype.set = set;
    }
    expect(copied).toBeGreaterThanOrEqual(stream.length);
    expect(copied).toBeLessThanOrEqual(3 * stream.length);
  });
});

test("a violation is final", () => {
  const reader = new ResponseHeadReader(limits);
  const violation = reader.receive(Buffer.from("nonsense"));
  expect(reader.receive(Buffer.from(answer))).toBe(violation);
  expect(reader.receive(new Uint8Array(0))).toBe(violation);
});

test("a reader that has given its head takes nothing more", () => {
  const reader = new ResponseHeadReader(limits);
  reader.receive(Buffer.from(answer));
  expect(() => reader.receive(new Uint8Array(1))).toThrow(
    expect.objectContaining({ code: "LW_PROTOCOL_HEAD_COMPLETE" }),
  );
});

describe.each(runSeeds("response head"))("any stream, $name", ({ seed }) => {
  const line = fc.oneof(
    fc.constantFrom("HTTP/1.1 101 x", "HTTP/1.1 100 ", "HTTP/1.1 200", "HTTP/1.0 200 x", "A: b", "A:", "", " x", "a b"),
    fc.string({ maxLength: 12, unit: "binary-ascii" }),
  );
  const end = fc.constantFrom("\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", "");
  const stream = fc.array(fc.tuple(line, end), { maxLength: 12 }).map((lines) => lines.flat().join(""));
  const heads = fc.tuple(fc.constantFrom("HTTP/1.1 101 x\r\n", "HTTP/1.1 100 x\r\n\r\nHTTP/1.1 200 y\r\n", ""), stream);
  const bounds = fc.record({
    maxHeaderBytes: fc.constantFrom(8, 40, 80, 16_384),
    maxHeaders: fc.integer({ min: 0, max: 8 }),
  });

  test("V-20 any chunking gives the same result", () => {
    fc.assert(
      fc.property(heads, bounds, fc.array(fc.nat(), { maxLength: 6 }), (parts, sizes, points) => {
        const text = `${parts.join("")}${parts[0] === "" ? "" : "\r\n\r\n"}`;
        const cuts = points.map((point) => point % (text.length + 1)).sort((left, right) => left - right);
        const whole = read(text, [], sizes);
        expect(read(text, cuts, sizes)).toEqual(whole);
        expect(read(text, oneByteEach(text.length), sizes)).toEqual(whole);
      }),
      { seed, numRuns: caseCount(1_000) },
    );
  });
});
