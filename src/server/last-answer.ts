// The last HTTP answer on a socket, and its end (RELIABILITY V-47, V-48): after anything but 101 nothing that follows may be
// read as a request or as frames. What still arrives is thrown away for a moment rather than left in the kernel, because
// closing with unread input resets the connection and may take the answer with it.

import type { Duplex } from "node:stream";
import type { Clock } from "../base/clock.ts";

/** How long the client gets to read the answer and hang up. */
const lingerMs = 2_000;

/** Swallows the errors of a socket nobody else listens to; its 'close' follows anyway. */
export function ignoreError(): void {}

/** Writes `bytes`, ends the socket, and destroys it when the client has hung up, talks on, or does nothing. */
export function answerLast(
  socket: Duplex,
  bytes: string | Uint8Array,
  options: { readonly clock: Clock; readonly discardBytes: number },
): void {
  socket.on("error", ignoreError);
  if (socket.destroyed) return;
  let discarded = 0;
  const destroy = (): void => {
    socket.destroy();
  };
  const timer = options.clock.schedule(lingerMs, destroy);
  socket.once("close", () => {
    timer.cancel();
  });
  socket.on("data", (chunk: Uint8Array) => {
    discarded += chunk.length;
    if (discarded > options.discardBytes) destroy();
  });
  // Both sides have ended: nothing is left to wait for.
  socket.once("end", destroy);
  socket.end(bytes);
  socket.resume();
}
