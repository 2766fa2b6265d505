import { expect, it } from "vitest";
import { inOrder, type RowOrder } from "../../../src/inspector/order.ts";
import type { ConnectionView, SessionView } from "../../../src/server/index.ts";

const connection = (id: string, bufferedBytes: number, messagesIn?: number): ConnectionView =>
  ({
    kind: "connection",
    id,
    bufferedBytes,
    messages: messagesIn === undefined ? undefined : { messagesIn, messagesOut: 0 },
  }) as ConnectionView;
const session = {
  kind: "session",
  id: "s",
  retainedBytes: 3,
  queuedBytes: 4,
  channels: [connection("ch1", 0, 1), connection("ch2", 0, 5)],
} as unknown as SessionView;

it.each<[RowOrder, string]>([
  ["coming", "s a b c"],
  ["waiting", "b s a c"],
  ["messages", "a s b c"],
])("%s: %s", (order, expected) => {
  const views = [session, connection("a", 0, 7), connection("b", 9), connection("c", 0)];
  expect(
    inOrder(views, order)
      .map(({ id }) => id)
      .join(" "),
  ).toBe(expected);
});
