// In which order what is open is shown: of thousands a page gets some hundred, and whoever asks what costs too much wants the dearest.
// Compares what is shown, so nothing can be told from an order that may not be seen.

import type { ConnectionView, SessionView } from "../server/index.ts";

/** As they came; most bytes waiting first; most messages, both ways, since somebody looks, first. */
export type RowOrder = "coming" | "waiting" | "messages";

export const rowOrders: readonly RowOrder[] = ["coming", "waiting", "messages"];

type View = ConnectionView | SessionView;

/** `views` in `order`; those that are alike stay as they came. */
export function inOrder(views: readonly View[], order: RowOrder): readonly View[] {
  if (order === "coming") return views;
  const weightOf = order === "waiting" ? waitingBytes : messageCount;
  const weighed = views.map((view) => ({ view, weight: weightOf(view) }));
  return weighed.toSorted((one, other) => other.weight - one.weight).map(({ view }) => view);
}

function waitingBytes(view: View): number {
  return view.kind === "connection" ? view.bufferedBytes : view.retainedBytes + view.queuedBytes;
}

function messageCount(view: View): number {
  const sockets = view.kind === "session" ? view.channels : [view];
  return sockets.reduce((sum, { messages }) => sum + (messages?.messagesIn ?? 0) + (messages?.messagesOut ?? 0), 0);
}
