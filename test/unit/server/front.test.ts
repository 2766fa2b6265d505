import type { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, expect, it, vi } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { resolveLimits } from "../../../src/base/limits.ts";
import { Front, type FrontDesk } from "../../../src/server/front.ts";
import { deferred } from "../../support/deferred.ts";
import { connectRaw, rawUpgradeHead } from "../../support/raw-client.ts";

function desk(changes: Partial<FrontDesk> = {}): FrontDesk {
  return {
    limits: resolveLimits({ maxHeaderBytes: 512 }),
    receiveUpgrade: (_message, socket) => void socket.destroy(),
    receivePlain: (_message, response) => void response.end("page"),
    receiveFault: () => {},
    ...changes,
  };
}

const local = { host: "127.0.0.1" };

describe("the front", () => {
  it("brings what arrives to the desk, with the address it is bound to", async () => {
    const receiveUpgrade = vi.fn<FrontDesk["receiveUpgrade"]>((_message, socket) => void socket.destroy());
    const front = new Front(desk({ receiveUpgrade }), local);
    const { port, url, secure, family, address } = await front.listen(local);
    expect({ url, secure, family, address }).toEqual({
      url: `ws://127.0.0.1:${port}`,
      secure: false,
      family: "IPv4",
      address: "127.0.0.1",
    });
    expect(front.address?.port).toBe(port);
    for (const head of [rawUpgradeHead("/"), rawUpgradeHead("localhost:80", {}, "CONNECT")]) {
      const client = await connectRaw(port);
      client.write(head);
      await client.closed();
    }
    expect(receiveUpgrade.mock.calls.map(([message, , , boundTo]) => [message.method, boundTo])).toEqual([
      ["GET", "127.0.0.1"],
      ["CONNECT", "127.0.0.1"],
    ]);
    await front.close(systemClock, 0);
    expect(front.address).toBeUndefined();
  });

  it.each([
    ["no HTTP", "nonsense\r\n\r\n", 400, "LW_SERVER_HTTP_MALFORMED"],
    ["a head that is too large", `GET / HTTP/1.1\r\nX: ${"a".repeat(600)}\r\n\r\n`, 431, "LW_SERVER_HEADERS_TOO_BIG"],
  ])("answers %s by itself and says so", async (_what, bytes, status, code) => {
    const receiveFault = vi.fn<FrontDesk["receiveFault"]>();
    const front = new Front(desk({ receiveFault }), local);
    const { port } = await front.listen(local);
    const client = await connectRaw(port);
    client.write(bytes);
    const response = await client.nextResponse();
    expect([response.status, response.header("connection")]).toEqual([status, "close"]);
    await client.closed();
    expect(receiveFault.mock.calls[0]?.slice(1, 3)).toEqual([status, code]);
    await front.close(systemClock, 0);
  });

  it("lets plain requests finish while there is grace, and drops idle connections", async () => {
    const asked = deferred<ServerResponse>();
    const front = new Front(desk({ receivePlain: (_message, response) => asked.resolve(response) }), local);
    const { port } = await front.listen(local);
    const client = await connectRaw(port);
    client.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const response = await asked.promise;
    const closed = front.close(systemClock, 60_000);
    response.end("late");
    expect((await client.nextResponse()).body).toBe("late");
    await closed;
  });

  it("F-36 goes on when an accept fails for want of descriptors", async () => {
    let emitter: EventEmitter | undefined;
    const receivePlain: FrontDesk["receivePlain"] = (message, response) => {
      emitter = (message.socket as unknown as { server: EventEmitter }).server;
      response.end("page");
    };
    const front = new Front(desk({ receivePlain }), local);
    const { port } = await front.listen(local);
    const ask = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(await ask()).toBe("page");
    expect(() => emitter?.emit("error", Object.assign(new Error("accept EMFILE"), { code: "EMFILE" }))).not.toThrow();
    expect(await ask()).toBe("page");
    await front.close(systemClock, 0);
  });

  it("refuses options that it does not have, and versions of TLS that are broken", () => {
    expect(() => new Front(desk(), { prot: 1 } as never)).toThrow(/did you mean `port`/);
    expect(() => new Front(desk(), { cert: "", minVersion: "TLSv1" })).toThrow(
      expect.objectContaining({ code: "LW_SERVER_TLS" }),
    );
  });

  it("says in which way it cannot listen", async () => {
    const [first, second] = [new Front(desk(), local), new Front(desk(), local)];
    const { port } = await first.listen(local);
    await expect(second.listen({ ...local, port })).rejects.toMatchObject({ code: "LW_SERVER_ADDRESS_IN_USE" });
    await expect(second.listen({ host: "203.0.113.1" })).rejects.toMatchObject({ code: "LW_SERVER_LISTEN_FAILED" });
    await first.close(systemClock, 0);
  });
});
