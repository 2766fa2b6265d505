// A server behind the one that people reach, met through its fault proxy as the lab's passages meet it.
import { once } from "node:events";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { type Backstage, openBackstage } from "../../../../../src/cli/lab/passage/backstage.ts";

async function open(): Promise<Backstage> {
  const backstage = await openBackstage({
    heartbeatMs: 1_000,
    faults: {},
    addRoutes: (server) => server.route("/echo", { message: (socket, data) => void socket.send(data) }),
  });
  onTestFinished(() => backstage.close());
  return backstage;
}

const dial = ({ proxy }: Backstage): WebSocket => new WebSocket(`ws://127.0.0.1:${proxy.port}/echo`);

test("what its server does is reached through its proxy, with the proxy's faults", async () => {
  const backstage = await open();
  const socket = dial(backstage);
  await once(socket, "open");
  socket.send("hello");
  expect(String((await once(socket, "message"))[0])).toBe("hello");
  backstage.proxy.faults = { http: { upgrade: "refuse" } };
  expect(String((await once(dial(backstage), "error"))[0])).toContain("403");
});

test("its end cuts whoever is connected, and leaves nothing that listens", async () => {
  const backstage = await open();
  const socket = dial(backstage);
  await once(socket, "open");
  const closed = once(socket, "close");
  const ports = [backstage.proxy.port, backstage.server.address?.port ?? 0];
  await backstage.close();
  expect((await closed)[0]).toBe(1006);
  for (const port of ports) {
    const [error] = (await once(connect(port, "127.0.0.1"), "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ECONNREFUSED");
  }
});
