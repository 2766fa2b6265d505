// Through Caddy, configured by the very block of docs/guides/behind-a-proxy.md, but without a public name and its certificate: sessions
// find their server again on each transport, the client's address arrives, and a server that drains is left.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Line } from "../../src/client/node.ts";
import { createServer, type Limits, type LongwireServer } from "../../src/server/index.ts";
import { createFaultProxy } from "../../src/testing/index.ts";
import { freePort } from "../support/free-port.ts";
import { root } from "../support/source-scan.ts";
import { connectRaw, rawUpgradeHead } from "../support/raw-client.ts";
import { caddy } from "../support/tools.ts";
import { dialWithWs } from "./peers/ws-peer.ts";

interface Site {
  readonly port: number;
  readonly servers: readonly [LongwireServer, LongwireServer];
  /** Who has opened a socket, the newest last. */
  readonly arrived: { server: LongwireServer; address: string; host: string }[];
}

describe.skipIf(caddy === undefined)("Caddy", () => {
  it("a session finds its server again, on each transport, while others come from elsewhere", async () => {
    const { port, arrived } = await start();
    const others = elsewhere();
    const network = await createFaultProxy({ target: { port } });
    onTestFinished(() => network.close());
    for (const transport of ["websocket", "stream", "longpoll"] as const) {
      const line = new Line(network.url, { transports: [transport] });
      onTestFinished(() => line.close());
      const socket = line.open("/");
      const heard = socket[Symbol.asyncIterator]();
      await once(socket, "open");
      for (let turn = 0; turn < 3; turn++) {
        const localAddress = others.next().value;
        const other = await dialWithWs(`ws://127.0.0.1:${port}/`, [], { localAddress });
        onTestFinished(() => other.drop?.());
        socket.send(`${transport} ${turn}`);
        expect((await heard.next()).value).toBe(`${transport} ${turn}`);
        network.cut();
      }
      expect(socket.readyState).toBe(socket.OPEN);
      socket.close(1000);
      await once(socket, "close");
    }
    // One open per socket, however often it was cut.
    expect(arrived.length).toBe(12);
    const strangers = arrived.filter(({ address }) => address !== "127.0.0.1");
    const expected = elsewhere();
    expect(strangers.map(({ address, host }) => [address, host])).toEqual(
      strangers.map(() => [expected.next().value, `127.0.0.1:${port}`]),
    );
    expect(strangers).toHaveLength(9);
    // Not all were at one server. Which address is at which is chance, as the servers' ports are.
    const hasBoth = (): boolean => new Set(arrived.map(({ server }) => server)).size === 2;
    for (let more = 0; more < 40 && !hasBoth(); more++) {
      const localAddress = others.next().value;
      (await dialWithWs(`ws://127.0.0.1:${port}/`, [], { localAddress })).drop?.();
    }
    expect(hasBoth()).toBe(true);
  });

  it("F-02 whoever comes while one server drains gets to the other", async () => {
    // The drain lasts as long as the test wants it to.
    const { port, arrived, servers } = await start({
      drainSpreadMs: 0,
      drainTimeoutMs: 600_000,
      closeTimeoutMs: 600_000,
    });
    const url = `ws://127.0.0.1:${port}/`;
    const client = await dialWithWs(url, []);
    const [{ server: old } = { server: servers[0] }] = arrived;
    // One that does not answer the Close keeps the drain from ending.
    const mute = await connectRaw(old.address?.port ?? 0);
    onTestFinished(() => mute.destroy());
    mute.write(rawUpgradeHead("/"));
    await expect.poll(() => arrived.length).toBe(2);
    const drained = old.drain();
    expect(await client.closed).toEqual({ code: 1012, reason: "The service restarts." });
    await expect
      .poll(
        () =>
          dialWithWs(url, []).then(
            ({ drop }) => drop?.() ?? "let in",
            () => "refused",
          ),
        { timeout: 15_000, interval: 200 },
      )
      .not.toBe("refused");
    expect(arrived.at(-1)?.server).toBe(servers.find((server) => server !== old));
    mute.destroy();
    await drained;
  });
});

/** Clients from elsewhere, one after the other: 127.1.7.1, 127.2.14.1, … */
function* elsewhere(): Generator<string, never> {
  for (let count = 1; ; count++) yield `127.${count}.${(count * 7) % 256}.1`;
}

/** Two servers, and Caddy in front of them as the guide has it. */
async function start(limits: Partial<Limits> = {}): Promise<Site> {
  const arrived: Site["arrived"] = [];
  const listen = async (): Promise<{ server: LongwireServer; port: number }> => {
    const server = createServer({ trustProxy: true, limits });
    server.route("/", {
      open: ({ request: { remoteAddress, host } }) => void arrived.push({ server, address: remoteAddress, host }),
      message: (socket, data) => void socket.send(data),
    });
    const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
    onTestFinished(() => server.close());
    return { server, port };
  };
  const [first, second] = [await listen(), await listen()];
  const guide = readFileSync(join(root, "docs/guides/behind-a-proxy.md"), "utf8");
  const [, block = ""] = /^```caddy\n([^]*?)^```$/m.exec(guide) ?? [];
  const port = await freePort();
  const site = block
    .replace("chat.example {", `http://127.0.0.1:${port} {`)
    .replace("127.0.0.1:8101 127.0.0.1:8102", `127.0.0.1:${first.port} 127.0.0.1:${second.port}`);
  expect(site).not.toMatch(/chat\.example|:810[12]/);
  await run(`{\n\tadmin off\n}\n${site}`);
  return { port, servers: [first.server, second.server], arrived };
}

async function run(configuration: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "longwire-caddy-"));
  writeFileSync(join(folder, "Caddyfile"), configuration);
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const command = ["run", "--config", join(folder, "Caddyfile"), "--adapter", "caddyfile"];
  const child: ChildProcessWithoutNullStreams = spawn(caddy ?? "", command, { env });
  const gone = once(child, "close");
  onTestFinished(async () => {
    // Told politely, it would wait half a minute for requests that nobody waits for any more.
    child.kill("SIGKILL");
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });
  let said = "";
  child.stdout.resume();
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  while (!said.includes("serving initial configuration")) {
    if (child.exitCode !== null) throw new Error(`Caddy ended: ${said}`);
    await Promise.race([once(child.stderr, "data"), gone]);
  }
}
