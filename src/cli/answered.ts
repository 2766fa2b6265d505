// When a conversation that has nothing more to say may be ended: the answers to what was said last are still on their way.
import type { WebSocket } from "../socket/index.ts";

/** How long the answers to the last lines of a pipe may take. */
const patienceMs = 2_000;

/** Resolves when the peer has read everything sent so far: its pong comes behind the answers it gave on the way. */
export function answered(socket: WebSocket): Promise<void> {
  const payload = "end of input";
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, patienceMs);
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    socket.addEventListener("pong", (event) => {
      if (Buffer.from(event.data as ArrayBuffer).toString() === payload) finish();
    });
    socket.addEventListener("close", finish);
    if (!socket.ping(payload)) finish();
  });
}
