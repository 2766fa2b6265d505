import { expect, it } from "vitest";
import { isFound, wordsOf } from "../../../src/inspector/search.ts";
import type { ConnectionView, SessionView } from "../../../src/server/index.ts";

const socket = { id: "c1", route: "/chat/:room", target: "/chat/Lobby", protocol: "chat.v1" };
const caller = { remoteAddress: "192.0.2.7", origin: "https://app.example", userAgent: undefined };
const connection = { kind: "connection", ...socket, ...caller } as ConnectionView;
const session = {
  kind: "session",
  id: "s2",
  ...caller,
  transport: "longpoll",
  channels: [{ ...socket, id: "ch3" }],
} as unknown as SessionView;

const finds = (search: string) => [connection, session].map((view) => isFound(view, wordsOf(search)));

it("finds by every word that is shown, in any order and case", () => {
  expect(finds("")).toEqual([true, true]);
  expect(finds("  LOBBY   192.0.2 ")).toEqual([true, true]);
  expect(finds("chat.v1 app.example")).toEqual([true, true]);
  expect(finds("longpoll")).toEqual([false, true]);
  // As the row says it.
  expect(finds("plain websocket")).toEqual([true, false]);
  expect(finds("c1 connection")).toEqual([true, false]);
  expect(finds("lobby elsewhere")).toEqual([false, false]);
});

it("a session that waits for its client is found by that", () => {
  expect(isFound({ ...session, transport: undefined }, wordsOf("parked"))).toBe(true);
});
