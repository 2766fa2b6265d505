// Run in a process of its own with --expose-gc by test/unit/socket/websocket.test.ts. Prints as JSON: what sockets without a
// reference from anywhere got to hear, and whether they were collected, while open and after their close.
import { WebSocket } from "../../src/socket/websocket.ts";
import { settled } from "./fake-clock.ts";
import { listenRaw, serverClose, serverMessage } from "./raw-server.ts";

declare const gc: () => void;

const server = await listenRaw();
const heard: string[] = [];
const whenHeard: (() => void)[] = [];

function hear(line: string): void {
  heard.push(line);
  whenHeard.shift()?.();
}

/** Leaves nothing behind but a weak reference and what the listener writes. */
function dial(): WeakRef<WebSocket> {
  const socket = new WebSocket(server.url());
  socket.addEventListener("open", () => hear("open"));
  socket.addEventListener("message", (event) => hear(`message ${event.data}`));
  socket.addEventListener("close", (event) => hear(`close ${event.code}`));
  return new WeakRef(socket);
}

async function collect(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    await settled();
    gc();
  }
}

async function nextLine(): Promise<void> {
  await new Promise<void>((resolve) => {
    whenHeard.push(resolve);
  });
}

const reference = dial();
const caller = await server.next();
await collect();
let line = nextLine();
caller.open();
await line;
await collect();
const whileOpen = reference.deref() === undefined;
line = nextLine();
caller.peer.write(serverMessage("still here"));
await line;
await collect();
line = nextLine();
caller.peer.write(serverClose(1000));
caller.peer.end();
await line;
await server.deserted();
await collect();
const afterClose = reference.deref() === undefined;
await server.close();
process.stdout.write(JSON.stringify({ heard, whileOpen, afterClose }));
