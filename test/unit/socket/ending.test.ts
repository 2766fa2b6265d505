import { describe, expect, test } from "vitest";
import { LocalError, RemoteError } from "../../../src/base/errors.ts";
import { Ending, lost } from "../../../src/socket/ending.ts";

const first = new LocalError("LW_TEST_FIRST", "First.");
const second = new LocalError("LW_TEST_SECOND", "Second.");

test("P-66 when both Closes were exchanged, the end is clean and has the peer's code and reason", () => {
  const ending = new Ending();
  ending.receiveClose(4000, "bye");
  ending.conclude(true, 0);
  expect(ending.outcome).toEqual({ code: 4000, reason: "bye", wasClean: true, cause: undefined });
});

test("P-58 a Close without a code is told as 1005", () => {
  const ending = new Ending();
  ending.receiveClose(1005, "");
  ending.conclude(true, 0);
  expect(ending.outcome).toMatchObject({ code: 1005, reason: "", wasClean: true });
});

test("P-63 otherwise it is 1006 without a reason, whatever the peer had said", () => {
  const ending = new Ending();
  ending.receiveClose(1000, "bye");
  ending.conclude(false, 17);
  expect(ending.outcome).toEqual({ code: 1006, reason: "", wasClean: false, cause: undefined });
  expect(ending.unsentBytes).toBe(17);
});

describe("the cause", () => {
  test("P-74 is the first that was noticed: what follows from it is not another", () => {
    const ending = new Ending();
    ending.blame(undefined);
    ending.blame(first);
    ending.blame(second);
    expect(ending.cause).toBe(first);
    ending.conclude(false, 0);
    expect(ending.outcome?.cause).toBe(first);
  });

  test("P-69 of an end of our own is what was given for it, or none", () => {
    const silent = new Ending();
    silent.terminate(undefined);
    silent.blame(first);
    expect(silent.cause).toBeUndefined();
    const told = new Ending();
    told.terminate(first);
    told.blame(second);
    expect(told.cause).toBe(first);
    const late = new Ending();
    late.blame(first);
    late.terminate(second);
    expect(late.cause).toBe(first);
  });
});

test("an end that nobody announced is the peer's or the network's fault, with what the transport said of it", () => {
  const reset = new Error("read ECONNRESET");
  expect(lost(reset)).toBeInstanceOf(RemoteError);
  expect(lost(reset)).toMatchObject({ code: "LW_SOCKET_LOST", closeCode: 1006, cause: reset });
  expect(lost(reset).message).toContain("read ECONNRESET");
  expect(lost().message).toContain("the peer or the network dropped it");
  expect(lost().cause).toBeUndefined();
});
