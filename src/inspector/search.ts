// Which connections and sessions a search finds: those in which every word occurs somewhere, whatever the case. Looks at what is
// shown, so nothing can be found that may not be seen.

import type { ConnectionView, SessionView } from "../server/index.ts";

/** The words of a search, as they are compared. */
export function wordsOf(search: string): readonly string[] {
  return search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
}

export function isFound(view: ConnectionView | SessionView, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = textOf(view).toLowerCase();
  return words.every((word) => text.includes(word));
}

function textOf(view: ConnectionView | SessionView): string {
  const { kind, id, remoteAddress, origin = "", userAgent = "" } = view;
  const parts = [kind, id, remoteAddress, origin, userAgent];
  const sockets = view.kind === "session" ? view.channels : [view];
  if (view.kind === "session") parts.push(view.transport ?? "parked, no transport");
  else parts.push("plain websocket");
  for (const { id: own, route, target, protocol } of sockets) parts.push(own, route, target, protocol);
  return parts.join("\n");
}
