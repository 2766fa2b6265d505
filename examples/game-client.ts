// A player for the game loop: walks to the right, believes the server about where everybody is, and shows how old that is.
// Run it with
//
//   npx tsx examples/game-client.ts ws://127.0.0.1:8080/game 20
import { WebSocket } from "longwire/client";

const [url = "ws://127.0.0.1:8080/game", steps = "20"] = process.argv.slice(2);
const socket = new WebSocket(url);
socket.binaryType = "arraybuffer";

let input = 0;

/** Number, dx, dy: four bytes. Sent when the player wants something else, not with every step. */
function press(dx: number, dy: number): void {
  input += 1;
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, input);
  view.setInt8(2, dx);
  view.setInt8(3, dy);
  socket.send(view);
}

socket.onopen = () => press(1, 0);

let seen = 0;
socket.onmessage = ({ data }) => {
  const view = new DataView(data as ArrayBuffer);
  const places: string[] = [];
  for (let at = 0; at < view.byteLength; at += 12) {
    const [id, last] = [view.getUint16(at), view.getUint16(at + 2)];
    const [x, y] = [view.getFloat32(at + 4), view.getFloat32(at + 8)];
    places.push(`${id} at ${x.toFixed(2)} ${y.toFixed(2)} input ${last}`);
  }
  console.log(places.join(", "));
  seen += 1;
  if (seen === Number(steps)) socket.close(1000, "bye");
};
socket.onclose = ({ code }) => {
  process.exitCode = code === 1000 ? 0 : 1;
};
