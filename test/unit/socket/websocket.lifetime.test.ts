import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "../../../src/socket/websocket.ts";
import { collectGarbage } from "../../support/garbage.ts";
import { listenRaw, serverClose, serverMessage, type RawServer } from "../../support/raw-server.ts";

let server: RawServer;
let heard: string[];
let wake: () => void;

beforeEach(async () => {
  server = await listenRaw();
  heard = [];
});
afterEach(() => server.close());

function hear(line: string): void {
  heard.push(line);
  wake();
}

/** The next line that a listener writes. */
function nextLine(): Promise<void> {
  return new Promise((resolve) => {
    wake = resolve;
  });
}

/** Leaves nothing behind but a weak reference: the listeners do not know their socket. */
function dial(): WeakRef<WebSocket> {
  const socket = new WebSocket(server.url());
  socket.addEventListener("open", () => hear("open"));
  socket.addEventListener("message", (event) => hear(`message ${event.data}`));
  socket.addEventListener("close", (event) => hear(`close ${event.code}`));
  return new WeakRef(socket);
}

test("P-101 a socket that nobody refers to lives and delivers while it connects and while it is open", async () => {
  const reference = dial();
  const caller = await server.next();
  await collectGarbage();
  let line = nextLine();
  caller.open();
  await line;
  await collectGarbage();
  expect(reference.deref() === undefined).toBe(false);
  line = nextLine();
  caller.peer.write(serverMessage("still here"));
  await line;
  line = nextLine();
  caller.peer.end();
  await line;
  expect(heard).toEqual(["open", "message still here", "close 1006"]);
});

test("P-101 V-26 a socket that has closed is collected, however it closed", async () => {
  const ways: ((caller: Awaited<ReturnType<RawServer["next"]>>) => void)[] = [
    (caller) => {
      caller.peer.write(serverClose(1000));
      caller.peer.end();
    },
    (caller) => caller.peer.end(),
    (caller) => caller.peer.reset(),
  ];
  for (const way of ways) {
    const reference = dial();
    const caller = await server.next();
    let line = nextLine();
    caller.open();
    await line;
    line = nextLine();
    way(caller);
    await line;
    await server.deserted();
    await collectGarbage();
    expect(reference.deref() === undefined).toBe(true);
  }
  expect(heard.filter((line) => line !== "open")).toEqual(["close 1000", "close 1006", "close 1006"]);
});

test("P-101 V-26 an attempt that failed is collected", async () => {
  const reference = dial();
  const caller = await server.next();
  const line = nextLine();
  caller.peer.write("HTTP/1.1 404 Not Found\r\n\r\n");
  await line;
  await collectGarbage();
  expect(reference.deref() === undefined).toBe(true);
});
