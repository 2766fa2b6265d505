import { expect, test } from "vitest";
import { LocalError, LongwireError, RemoteError, violationError } from "../../../src/base/errors.ts";

test("an error tells its code, its class and whose fault it was", () => {
  const local = new LocalError("LW_TEST_LOCAL", "You did it.");
  const remote = new RemoteError("LW_TEST_REMOTE", "They did it.", 1002);
  expect(local).toBeInstanceOf(LongwireError);
  expect(local).not.toBeInstanceOf(RemoteError);
  expect([local.name, local.code, local.message]).toEqual(["LocalError", "LW_TEST_LOCAL", "You did it."]);
  expect(remote).toBeInstanceOf(LongwireError);
  expect([remote.name, remote.code, remote.closeCode]).toEqual(["RemoteError", "LW_TEST_REMOTE", 1002]);
});

test("an error keeps what caused it", () => {
  const cause = new Error("reset by peer");
  expect(new RemoteError("LW_TEST_REMOTE", "Lost.", 1006, { cause }).cause).toBe(cause);
  expect(new LocalError("LW_TEST_LOCAL", "Refused.", { cause }).cause).toBe(cause);
});

test("a violation becomes an error of the peer's with the same code, words and close code", () => {
  const error = violationError({ code: "LW_TEST_RULE", closeCode: 1008, message: "Too many." });
  expect(error).toBeInstanceOf(RemoteError);
  expect([error.code, error.closeCode, error.message]).toEqual(["LW_TEST_RULE", 1008, "Too many."]);
});
