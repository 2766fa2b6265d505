// Both ends of a binary stream in a program: sends a file piece by piece, or writes what it watches to one. Run it with
//
//   npx tsx examples/media-client.ts send  ws://127.0.0.1:8080/live/cat/source cat.webm
//   npx tsx examples/media-client.ts watch ws://127.0.0.1:8080/films/cat.webm copy.webm
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { WebSocket } from "longwire/client";

const [what, url = "", path = ""] = process.argv.slice(2);
const socket = new WebSocket(url);
socket.binaryType = "arraybuffer";
socket.onclose = ({ code, reason }) => {
  console.log(`closed: ${code} ${socket.cause?.message ?? reason}`);
  process.exitCode = code === 1000 ? 0 : 1;
};

if (what === "send") {
  socket.onopen = async () => {
    for await (const piece of createReadStream(path, { highWaterMark: 16 * 1024 })) {
      // A network that is slower than the disk makes the disk wait.
      if (socket.send(piece as Buffer) === "queued") await socket.drained();
    }
    await socket.drained();
    socket.close(1000, "the end");
  };
} else {
  const file = await open(path, "w");
  try {
    // The loop takes the next piece when this one is written; meanwhile the server waits.
    for await (const piece of socket) {
      if (typeof piece !== "string") await file.write(new Uint8Array(piece as ArrayBuffer));
    }
  } catch {
    // `onclose` has said why.
  }
  await file.close();
}
