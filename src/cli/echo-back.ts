// `longwire connect --echo`: the client side of conformance suites. Sends every message back in its type until the peer
// closes, and prints nothing but how that went.
import type { WebSocket } from "../socket/index.ts";
import { CommandFailure, exitCode } from "./failure.ts";
import { escapeLine } from "./escape.ts";
import { type Terminal, writeLine } from "./terminal.ts";

export function echoBack(socket: WebSocket, terminal: Terminal): Promise<number> {
  let wasOpen = false;
  socket.onopen = () => {
    wasOpen = true;
  };
  socket.onmessage = (event) => {
    socket.send(event.data as string | ArrayBuffer);
  };
  return new Promise((resolve, reject) => {
    socket.onclose = ({ code, wasClean }) => {
      if (!wasOpen) {
        reject(new CommandFailure(`No connection: ${escapeLine(socket.cause?.message ?? "it was given up")}`));
        return;
      }
      writeLine(terminal.stdout, `CLOSE ${code} ${wasClean}`);
      resolve(exitCode.ok);
    };
  });
}
