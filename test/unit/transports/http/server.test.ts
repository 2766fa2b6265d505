import { describe, expect, test } from "vitest";
import { joinPackets } from "../../../../src/transports/http/body.ts";
import {
  actionOf,
  type Desk,
  HttpEndpoint,
  type HttpWay,
  type Objection,
  type Place,
  type Receiver,
  type ProbeAnswer,
} from "../../../../src/transports/http/server.ts";
import { FakeClock, settled } from "../../../support/fake-clock.ts";
import { type HttpPair, httpPair, type Whole, wholeOf } from "../../../support/http-pair.ts";

const ours = { "content-type": "application/longwire" };
const ticketed = { ...ours, "longwire-ticket": "aa" };

class FakeDesk implements Desk {
  readonly allowsCredentials: boolean = false;
  readonly told: unknown[] = [];
  objection: Objection | undefined;
  entry: Objection | undefined;
  origin: string | undefined;
  found: 409 | 410 | undefined;
  isOpen = true;
  isShort = false;
  waiting: Uint8Array[] = [];
  cursors: number[] = [];
  answerCount = 0;
  bodyCount = 0;
  isNew = true;
  readonly receiver: Receiver = {
    take: () => this.waiting.splice(0),
    openBody: () => {
      this.bodyCount++;
      return { receive: (packet) => this.told.push([...packet]) > 0 };
    },
    receive: () => {},
    receiveDrain: () => {},
    receiveClosed: (code) => this.told.push(code),
  };

  object(): Objection | undefined {
    return this.objection;
  }

  allowedOrigin(): string | undefined {
    return this.origin;
  }

  enter(_way: HttpWay): { receiver: Receiver } | Objection {
    return this.entry ?? { receiver: this.receiver };
  }

  find(): ReturnType<Desk["find"]> {
    if (this.found !== undefined) return this.found;
    return {
      receiver: this.receiver,
      receiveCursor: (received) => this.cursors.push(received) > 0 && this.isNew,
      takeAnswer: () => {
        this.answerCount++;
        return [Uint8Array.of(1, 3)];
      },
      isOpen: this.isOpen,
      isShort: this.isShort,
    };
  }

  retryAfterSeconds(): number {
    return 7;
  }

  isProbeHeld = true;

  answerProbe(_request: unknown, _packets: unknown, isPatient: boolean): ProbeAnswer {
    return { packets: [Uint8Array.of(5)], isHeld: isPatient && this.isProbeHeld };
  }
}

type Asked = [
  action: "open" | "stream" | "send" | "poll" | "probe",
  options?: { method?: string; headers?: Record<string, string>; packets?: readonly Uint8Array[]; body?: Uint8Array },
];

interface Office {
  readonly desk: FakeDesk;
  readonly clock: FakeClock;
  /** Asks with a body that the test writes. */
  slow(action: Asked[0], headers?: Record<string, string>): Promise<HttpPair>;
  /** Asks, and does not wait for the answer. */
  begin(...asked: Asked): Promise<{ readonly answer: Promise<Whole> }>;
  ask(...asked: Asked): Promise<Whole>;
}

function office(): Office {
  const desk = new FakeDesk();
  const clock = new FakeClock();
  const endpoint = new HttpEndpoint({ desk, clock, bodyTimeoutMs: 10_000 });
  const begin: Office["begin"] = async (action, { method, headers = ours, packets = [], body } = {}) => {
    const bytes = body ?? joinPackets(packets);
    const pair = await httpPair({ method: method ?? (action === "poll" ? "GET" : "POST"), headers, body: bytes });
    endpoint.receive(action, pair.message, pair.response);
    const whole = wholeOf(pair.answered);
    whole.catch(() => {});
    await settled(6);
    return { answer: whole };
  };
  const slow: Office["slow"] = async (action, headers = ours) => {
    const pair = await httpPair({ headers: { ...headers, "transfer-encoding": "chunked" } });
    endpoint.receive(action, pair.message, pair.response);
    return pair;
  };
  return { desk, clock, begin, slow, ask: async (...asked) => (await begin(...asked)).answer };
}

async function statusOf(...asked: Parameters<Office["ask"]>): Promise<[number, FakeDesk]> {
  const { ask, desk } = office();
  const { status } = await ask(...asked);
  return [status, desk];
}

describe("HttpEndpoint", () => {
  test.each([
    ["/longwire/open", "open"],
    ["/longwire/poll?x=1", "poll"],
    ["/longwire/other", undefined],
    ["/longwire", undefined],
    ["/longwire/open/", undefined],
    ["/other/open", undefined],
  ])("%s asks for %s", (url, action) => {
    expect(actionOf(url, "/longwire")).toBe(action);
  });

  test.each([
    ["GET to open", "open", { method: "GET" }, 405],
    ["POST to poll", "poll", { method: "POST" }, 405],
    ...["gzip", "br", "zstd", "deflate", "x", "gzip,gzip"].flatMap((encoding) =>
      (["open", "stream", "send", "probe"] as const).map(
        (action) =>
          [
            `V-58 ${encoding} to ${action}`,
            action,
            { headers: { ...ours, "content-encoding": encoding } },
            415,
          ] as const,
      ),
    ),
    ["V-43 a simple content type, as any page can send", "open", { headers: { "content-type": "text/plain" } }, 415],
    ["V-33 early data", "open", { headers: { ...ours, "early-data": "1" } }, 425],
    ["V-17 a body of no packets", "send", { body: Uint8Array.of(0, 0), headers: ticketed }, 400],
    ["no cursor", "poll", { headers: { "longwire-ticket": "aa" } }, 400],
    ["no ticket", "send", {}, 410],
  ] as const)("%s is refused", async (_, action, options, status) => {
    const { ask, desk, begin } = office();
    if (action === "poll" && !("method" in options)) void (await begin("open", { packets: [Uint8Array.of(6)] }));
    if (action === "send" && "body" in options) void (await begin("open", { packets: [Uint8Array.of(6)] }));
    const whole = await ask(action, options);
    expect(whole.status).toBe(status);
    expect(desk.told.filter((told) => told !== 4400 && !Array.isArray(told))).toEqual([]);
  });

  test("what the desk objects to is answered so, before anything of the body is read", async () => {
    const { ask, desk } = office();
    desk.objection = { status: 429, retryAfterSeconds: 7 };
    const { status, headers } = await ask("open", { packets: [Uint8Array.of(6)] });
    expect([status, headers["retry-after"], desk.told]).toEqual([429, "7", []]);
  });

  test("V-40 an allowed origin is named exactly, and a preflight is answered for two hours", async () => {
    const { ask, desk } = office();
    desk.origin = "https://a.example";
    const { status, headers } = await ask("send", { method: "OPTIONS" });
    expect([status, desk.told]).toEqual([204, []]);
    expect(headers).toMatchObject({
      "access-control-allow-origin": "https://a.example",
      "access-control-allow-headers": "content-type, longwire-ticket, longwire-received, prefer",
      "access-control-max-age": "7200",
      vary: "Origin",
    });
    expect(headers["access-control-allow-credentials"]).toBeUndefined();
  });

  test("open waits for what its session says, then GET and POST find the transport", async () => {
    const { ask, desk, clock, begin } = office();
    desk.waiting = [Uint8Array.of(7)];
    const opened = await ask("open", { packets: [Uint8Array.of(6, 1)] });
    expect([opened.status, opened.body, desk.told]).toEqual([200, Uint8Array.of(1, 7), [[6, 1]]]);
    const ticket = { "longwire-ticket": "aa" };
    const held = await begin("poll", { headers: { ...ticket, "longwire-received": "12", prefer: "wait=20" } });
    clock.advance(20_000);
    expect([(await held.answer).status, desk.cursors]).toEqual([204, [12]]);
    const at = await ask("poll", { headers: { ...ticket, "longwire-received": "12" } });
    expect(at.status).toBe(204);
    const sent = await ask("send", { headers: { ...ours, ...ticket }, packets: [Uint8Array.of(4, 1)] });
    expect([sent.status, sent.body]).toEqual([200, Uint8Array.of(2, 1, 3)]);
  });

  test("P-117 an old cursor is 204 at once", async () => {
    const { ask, desk, begin } = office();
    desk.waiting = [Uint8Array.of(7)];
    void (await begin("open", { packets: [Uint8Array.of(6)] }));
    desk.isNew = false;
    const { status } = await ask("poll", {
      headers: { "longwire-ticket": "aa", "longwire-received": "1", prefer: "wait=20" },
    });
    expect(status).toBe(204);
  });

  test.each([409, 410] as const)("V-52 a ticket that leads nowhere is %i", async (found) => {
    const { ask, desk } = office();
    desk.found = found;
    expect((await ask("send", { headers: ticketed })).status).toBe(found);
  });

  test("a ticket of another kind of transport is 409", async () => {
    const [status] = await statusOf("poll", { headers: { "longwire-ticket": "aa", "longwire-received": "1" } });
    expect(status).toBe(409);
  });

  test("V-16 before admission a body has 16 KiB, afterwards 256 KiB; more is 413", async () => {
    const big = [new Uint8Array(16 * 1024).fill(1), new Uint8Array(2_000).fill(1)];
    const [status, desk] = await statusOf("open", { packets: big });
    expect([status, desk.told.at(-1)]).toEqual([413, 4400]);
    const { ask, desk: later, begin } = office();
    later.waiting = [Uint8Array.of(7)];
    void (await begin("open", { packets: [Uint8Array.of(6)] }));
    expect((await ask("send", { headers: ticketed, packets: big })).status).toBe(200);
    const huge = Array.from({ length: 17 }, () => new Uint8Array(16 * 1024).fill(1));
    expect((await ask("send", { headers: ticketed, packets: huge })).status).toBe(413);
    const many = Array.from({ length: 101 }, () => Uint8Array.of(1, 1));
    expect((await ask("send", { headers: ticketed, packets: many })).status).toBe(413);
  });

  test("a probe is answered, and its answer held open for two seconds", async () => {
    const { clock, begin } = office();
    const asked = await begin("probe", { packets: [Uint8Array.of(2, 1)] });
    expect(clock.pendingCount).toBe(1);
    clock.advance(2_000);
    const { status, body } = await asked.answer;
    expect([status, body, clock.pendingCount]).toEqual([200, Uint8Array.of(1, 5), 0]);
  });

  test("a probe that would not wait is answered whole and at once", async () => {
    const { clock, ask } = office();
    const { status, body, headers } = await ask("probe", {
      headers: { ...ours, prefer: "wait=0" },
      packets: [Uint8Array.of(2, 1)],
    });
    expect([status, body, headers["content-length"], clock.pendingCount]).toEqual([200, Uint8Array.of(1, 5), "2", 0]);
  });

  test("V-18 a probe whose answer is not held has it at once, and nothing is left of it", async () => {
    const { clock, desk, ask } = office();
    desk.isProbeHeld = false;
    const { status, body } = await ask("probe", { packets: [Uint8Array.of(2, 1)] });
    expect([status, body, clock.pendingCount]).toEqual([200, Uint8Array.of(1, 5), 0]);
  });

  test("V-17 of a chunk that holds thousands of packets a hundred are looked at", async () => {
    const { ask, desk, begin } = office();
    desk.waiting = [Uint8Array.of(7)];
    void (await begin("open", { packets: [Uint8Array.of(6)] }));
    desk.told.length = 0;
    const many = Array.from({ length: 5_000 }, () => Uint8Array.of(2, 1));
    expect((await ask("send", { headers: ticketed, packets: many })).status).toBe(413);
    expect(desk.told).toHaveLength(100);
  });

  test.each([1012, 1013, 4429])(
    "P-16 a transport that comes in and is sent away with %i is told when to come again",
    async (code) => {
      const { desk, begin } = office();
      desk.enter = (way) => {
        setImmediate(() => ("link" in way ? way.link : way.courier).close(code, ""));
        return { receiver: desk.receiver };
      };
      for (const action of ["open", "stream"] as const) {
        const { status, headers } = await (await begin(action, { packets: [Uint8Array.of(6)] })).answer;
        expect([status, headers["retry-after"]]).toEqual([code === 4429 ? 429 : 503, "7"]);
      }
    },
  );

  test("P-118 a POST behind a gap is 409, with what was received in the answer", async () => {
    const { ask, desk, begin } = office();
    desk.waiting = [Uint8Array.of(7)];
    void (await begin("open", { packets: [Uint8Array.of(6)] }));
    desk.isShort = true;
    const { status, body } = await ask("send", { headers: ticketed, packets: [Uint8Array.of(4, 9)] });
    expect([status, [...body]]).toEqual([409, [2, 1, 3]]);
  });

  test("I-15 a POST whose stream ends behind its head is read to where its ticket leads now", async () => {
    const { desk, slow } = office();
    const left: unknown[] = [];
    const openBody = () => ({ receive: (packet: Uint8Array) => left.push([...packet]) > 0 });
    const takeAnswer = () => [Uint8Array.of(1, 3)];
    const receiveCursor = () => true;
    let isOpen = true;
    const first: Place = {
      receiver: desk.receiver,
      receiveCursor,
      takeAnswer,
      get isOpen() {
        return isOpen;
      },
      isShort: false,
    };
    const later: Place = { ...first, receiver: { ...desk.receiver, openBody }, isOpen: true, isShort: true };
    desk.find = () => (isOpen ? first : later);
    const { answered, asked } = await slow("send", ticketed);
    await settled(6);
    isOpen = false;
    asked.write(Uint8Array.of(2, 4, 1));
    await expect.poll(() => left).toEqual([[4, 1]]);
    asked.end(Uint8Array.of(2, 14, 0));
    const { status, body } = await wholeOf(answered);
    expect([status, [...body], left, desk.told]).toEqual([
      409,
      [2, 1, 3],
      [
        [4, 1],
        [14, 0],
      ],
      [],
    ]);
  });

  test("P-114 V-24 a newer POST supersedes an unfinished one, which takes nothing along that waits for an answer", async () => {
    const { ask, desk, begin, slow } = office();
    desk.waiting = [Uint8Array.of(7)];
    void (await begin("open", { packets: [Uint8Array.of(6)] }));
    const older = await slow("send", ticketed);
    older.asked.write(Uint8Array.of(2, 4, 1));
    await expect.poll(() => desk.told).toEqual([[6], [4, 1]]);
    const newer = await ask("send", { headers: ticketed, packets: [Uint8Array.of(4, 1)] });
    expect([newer.status, (await older.answered).statusCode]).toEqual([200, 409]);
    older.asked.end(Uint8Array.of(2, 2, 9));
    await settled(6);
    older.message.emit("end");
    expect([desk.answerCount, desk.told]).toEqual([1, [[6], [4, 1], [4, 1]]]);
  });

  test("P-114 a POST without packets takes the place of an older body", async () => {
    const { ask, desk, begin } = office();
    void (await begin("open", { packets: [Uint8Array.of(6)] }));
    const { status } = await ask("send", { headers: ticketed });
    expect([status, desk.bodyCount]).toEqual([200, 2]);
  });

  test.each([
    [410, false, 410],
    [undefined, false, 409],
    [410, true, 409],
  ] as const)(
    "I-15 a POST that ends its session is told that it is over: %s, short %s",
    async (found, isShort, status) => {
      const { desk, slow } = office();
      Object.assign(desk, { isOpen: false, isShort });
      const { asked, answered } = await slow("send", ticketed);
      asked.write(Uint8Array.of(1, 14));
      await expect.poll(() => desk.told).toEqual([[14]]);
      desk.found = found;
      asked.end();
      expect((await answered).statusCode).toBe(status);
    },
  );

  test("P-114 a POST without packets that was superseded takes nobody's place", async () => {
    const { desk, begin, slow } = office();
    void (await begin("open", { packets: [Uint8Array.of(6)] }));
    const older = await slow("send", ticketed);
    const newer = await slow("send", ticketed);
    newer.asked.write(Uint8Array.of(2, 4, 1));
    await expect.poll(() => desk.told).toEqual([[6], [4, 1]]);
    older.asked.end();
    await settled(6);
    older.message.emit("end");
    expect([(await older.answered).statusCode, desk.bodyCount]).toEqual([409, 2]);
    newer.asked.end();
    expect((await newer.answered).statusCode).toBe(200);
  });

  test.each(["open", "stream", "send", "probe"] as const)(
    "V-18 a body of %s that never ends is answered",
    async (action) => {
      const { desk, clock, begin, slow } = office();
      desk.waiting = [Uint8Array.of(7)];
      void (await begin("open", { packets: [Uint8Array.of(6)] }));
      const { answered } = await slow(action, ticketed);
      clock.advance(10_000);
      const { status } = await wholeOf(answered);
      expect([status, clock.pendingCount]).toEqual([408, 0]);
    },
  );
});
