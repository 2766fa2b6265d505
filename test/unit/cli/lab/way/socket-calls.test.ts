import { expect, it } from "vitest";
import { traceSocketCalls } from "../../../../../src/cli/lab/way/socket-calls.ts";

it("the calls of a connection come in their order, and what one side writes the other reads", async () => {
  const calls = await traceSocketCalls();
  const of = (side: string) => calls.filter((call) => call.side === side);
  expect(of("server").map(({ call }) => call)).toEqual([
    "socket",
    "bind",
    "listen",
    "accept",
    "read",
    "write",
    "close",
    "end",
  ]);
  expect(of("client").map(({ call }) => call)).toEqual([
    "socket",
    "connect",
    "connected",
    "write",
    "read",
    "end",
    "close",
  ]);
  const detail = (side: string, call: string) => of(side).find((one) => one.call === call)?.detail;
  expect(detail("client", "connect")).toBe(detail("server", "bind"));
  expect(detail("server", "accept")).toBe(detail("client", "connected"));
  expect(detail("server", "read")).toBe(detail("client", "write"));
  expect(detail("client", "read")).toBe(detail("server", "write"));
  const times = calls.map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});
