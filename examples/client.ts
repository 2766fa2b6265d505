// A client in Node: the interface of the browser's WebSocket, and a loop for those who like it better. Run it with
//
//   npx tsx examples/client.ts ws://127.0.0.1:8080/echo one two three
import { WebSocket } from "longwire/websocket";

const [url = "ws://127.0.0.1:8080/echo", ...words] = process.argv.slice(2);

const socket = new WebSocket(url);
socket.binaryType = "arraybuffer";

socket.onopen = () => {
  for (const word of words) socket.send(word);
};
socket.onerror = (event) => {
  // `cause` has the same, with a stable code such as LW_SOCKET_UNREACHABLE.
  console.error(event.message);
};
socket.onclose = ({ code, reason, wasClean }) => {
  console.log(`closed: ${code} ${reason}${wasClean ? "" : " (not clean)"}`);
  process.exitCode = wasClean ? 0 : 1;
};

// The loop holds each next message back until it is asked for, so a slow reader makes the server wait.
let missing = words.length;
try {
  for await (const message of socket) {
    console.log(`got ${typeof message === "string" ? message : "bytes"}`);
    missing -= 1;
    if (missing === 0) socket.close(1000, "that was all");
  }
} catch {
  // The loop throws what `onerror` has told already.
}
