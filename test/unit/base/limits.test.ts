import { describe, expect, test } from "vitest";
import { LocalError } from "../../../src/base/errors.ts";
import { limitTable, OBJECT_COST, resolveClientLimits, resolveLimits, type Limits } from "../../../src/base/limits.ts";

/** The figures of RELIABILITY §5.2, written out once more: default and `public`. */
const promised: Readonly<Record<keyof Limits, readonly [ordinary: number, open: number]>> = {
  maxMessageBytes: [1_048_576, 65_536],
  maxFragments: [65_537, 1_024],
  messageTimeoutMs: [60_000, 15_000],
  controlFramesPerSecond: [0, 100],
  controlFrameBurst: [0, 500],
  messagesPerSecond: [0, 100],
  messageBurst: [0, 200],
  pendingMessages: [16, 16],
  pendingMessageBytes: [262_144, 65_536],
  framesPerTurn: [1_024, 1_024],
  maxQueuedBytes: [1_048_576, 262_144],
  socketBufferBytes: [65_536, 65_536],
  slowConsumerTimeoutMs: [5_000, 3_000],
  memoryBudgetBytes: [536_870_912, 536_870_912],
  handshakeTimeoutMs: [10_000, 5_000],
  authenticateTimeoutMs: [10_000, 5_000],
  maxHeaderBytes: [16_384, 8_192],
  maxHeaders: [100, 64],
  maxProtocols: [32, 16],
  maxExtensionOffers: [16, 8],
  handshakeBufferBytes: [65_536, 65_536],
  pingIntervalMs: [20_000, 20_000],
  pongTimeoutMs: [15_000, 15_000],
  closeTimeoutMs: [5_000, 5_000],
  discardBytes: [1_048_576, 1_048_576],
  maxConnections: [0, 50_000],
  maxConnectionsPerAddress: [0, 100],
  connectsPerSecondPerAddress: [0, 20],
  connectBurstPerAddress: [0, 100],
  maxTopicsPerSocket: [10_000, 128],
  maxTopicBytes: [255, 255],
  drainSpreadMs: [10_000, 10_000],
  drainTimeoutMs: [15_000, 15_000],
};

describe("presets", () => {
  test("the default and the public preset have the figures that were promised", () => {
    const ordinary = Object.fromEntries(Object.entries(promised).map(([name, [figure]]) => [name, figure]));
    const open = Object.fromEntries(Object.entries(promised).map(([name, [, figure]]) => [name, figure]));
    expect(resolveLimits()).toEqual(ordinary);
    expect(resolveLimits("default")).toEqual(ordinary);
    expect(resolveLimits("public")).toEqual(open);
  });

  test("a client may queue more by default, and as much as it says or its preset says", () => {
    expect(resolveClientLimits()).toEqual({ ...resolveLimits(), maxQueuedBytes: 16_777_216 });
    expect(resolveClientLimits({ maxHeaders: 5 })).toEqual({
      ...resolveLimits({ maxHeaders: 5 }),
      maxQueuedBytes: 16_777_216,
    });
    expect(resolveClientLimits({ maxQueuedBytes: 5 })).toEqual(resolveLimits({ maxQueuedBytes: 5 }));
    expect(resolveClientLimits("public")).toEqual(resolveLimits("public"));
    expect(() => resolveClientLimits("much" as "public")).toThrow(LocalError);
  });

  test("the public preset is nowhere more generous than the default", () => {
    for (const [name, row] of Object.entries(limitTable)) {
      const generous = row.default === 0 && /0: no limit|^see /.test(row.breach) ? Infinity : row.default;
      expect(row.public, name).toBeLessThanOrEqual(generous);
    }
  });

  test("death is noticed within 37 s and a drain ends within 25 s by default", () => {
    const limits = resolveLimits();
    expect(limits.pingIntervalMs * 1.1 + limits.pongTimeoutMs).toBeLessThanOrEqual(37_000);
    expect(limits.drainSpreadMs + limits.drainTimeoutMs).toBeLessThanOrEqual(25_000);
  });

  test("each choice gives limits of its own, so that changing one changes no other", () => {
    resolveLimits().maxMessageBytes = 1;
    expect(resolveLimits().maxMessageBytes).toBe(1_048_576);
  });

  test("a retained object is charged 128 bytes", () => {
    expect(OBJECT_COST).toBe(128);
  });
});

describe("choosing", () => {
  test("some limits replace the default ones, undefined leaves one as it is", () => {
    const choice: Record<string, number | undefined> = { maxMessageBytes: 5, closeTimeoutMs: 0, maxHeaders: undefined };
    const limits = resolveLimits(choice);
    expect(limits).toEqual({ ...resolveLimits(), maxMessageBytes: 5, closeTimeoutMs: 0 });
  });

  test.each([
    ["a negative number", { maxMessageBytes: -1 }],
    ["NaN", { maxMessageBytes: Number.NaN }],
    ["infinity", { maxMessageBytes: Number.POSITIVE_INFINITY }],
    ["a string", { maxMessageBytes: "1024" }],
    ["null", { maxMessageBytes: null }],
    ["a name that is no limit", { maxMesageBytes: 1 }],
    ["no object", 5],
    ["null instead of an object", null],
    ["a preset that does not exist", "strict"],
  ])("%s is refused with LW_LIMITS_INVALID", (_name, choice) => {
    const resolve = (): Limits => resolveLimits(choice as Partial<Limits>);
    expect(resolve).toThrow(LocalError);
    expect(resolve).toThrow(expect.objectContaining({ code: "LW_LIMITS_INVALID" }));
  });

  test.each(["framesPerTurn", "socketBufferBytes"] as const)(
    "%s of less than 1 is refused: nothing would move",
    (name) => {
      expect(() => resolveLimits({ [name]: 0 })).toThrow(`limits.${name} is 0; expected a finite number ≥ 1.`);
      expect(resolveLimits({ [name]: 1 })[name]).toBe(1);
    },
  );

  test("V-31 names of Object.prototype are no limits", () => {
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      const choice = JSON.parse(`{"${name}": 1}`) as Partial<Limits>;
      expect(() => resolveLimits(choice), name).toThrow(`There is no limit "${name}"`);
    }
  });
});
