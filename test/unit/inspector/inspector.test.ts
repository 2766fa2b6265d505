import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { inspect, mountInspector } from "longwire/inspector";
import { createServer } from "longwire/server";
import { afterThisTest } from "../../support/test-server.ts";
import { connectRaw } from "../../support/raw-client.ts";

// The page's files are found from where the build puts the code: so these run what is built.
function create() {
  const server = createServer();
  afterThisTest(() => server.close());
  return server;
}

describe("an inspector of its own", () => {
  it("V-42 listens on 127.0.0.1, and its address holds the token where no request takes it along", async () => {
    const inspector = await inspect(create());
    afterThisTest(() => inspector.close());
    const url = new URL(inspector.url);
    expect([url.hostname, url.pathname, url.search, url.hash]).toEqual(["127.0.0.1", "/", "", `#${inspector.token}`]);
    const response = await fetch(inspector.url);
    expect([response.status, await response.text()]).toEqual([
      200,
      expect.stringContaining("<title>Longwire inspector"),
    ]);
    await expect(connectRaw(Number(url.port), "127.0.0.2")).rejects.toThrow(/ECONNREFUSED/);
  });

  it("ends when it is closed, and when its server is", async () => {
    const [first, second] = [create(), create()];
    const [one, other] = [await inspect(first), await inspect(second)];
    await one.close();
    await expect(fetch(one.url)).rejects.toThrow();
    await second.close();
    await other.close();
    await expect(fetch(other.url)).rejects.toThrow();
  });

  it("says that its port is taken", async () => {
    const taken = createHttpServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    afterThisTest(() => taken.close());
    const { port } = taken.address() as AddressInfo;
    await expect(inspect(create(), { port })).rejects.toMatchObject({ code: "LW_INSPECTOR_LISTEN" });
  });
});

describe("an inspector on the server itself", () => {
  it("is below a path, on the server's own listener", async () => {
    const server = createServer({
      http: (request, response) => {
        if (!inspector.answer(request, response)) response.end("mine");
      },
    });
    afterThisTest(() => server.close());
    const inspector = mountInspector(server, { path: "/ops/look/" });
    const { port } = await server.listen({ host: "127.0.0.1" });
    expect(inspector.target).toBe(`/ops/look/#${inspector.token}`);
    const page = await fetch(`http://127.0.0.1:${port}${inspector.target}`);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("mine");
  });

  it("has a token of its own each time, and one place on a server", () => {
    const [one, other] = [create(), create()];
    expect(mountInspector(one).token).not.toBe(mountInspector(other).token);
    expect(() => mountInspector(one)).toThrow(/matches the same paths/);
  });
});
