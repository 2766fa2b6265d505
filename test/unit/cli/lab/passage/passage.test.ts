// With real servers behind it: what goes where, and what breaks with what.
import { once } from "node:events";
import { createServer, get, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, describe, expect, test } from "vitest";
import { Passage } from "../../../../../src/cli/lab/passage/passage.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

type Answer = (message: IncomingMessage, response: ServerResponse) => void;

async function listen(answer: Answer): Promise<{ port: number; server: Server }> {
  const server = createServer(answer);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, server };
}

/** A passage to `ports`, and the port by which it is reached: the path stays what it is. */
async function reach(
  ports: readonly number[],
  spend = (): boolean => true,
): Promise<{ port: number; passage: Passage }> {
  const passage = new Passage({ ports: () => ports, spend });
  const { port, server } = await listen((message, response) => passage.answer(message.url ?? "", message, response));
  server.on("upgrade", (message: IncomingMessage, socket: Duplex, head: Buffer) => {
    passage.upgrade(message.url ?? "", message, socket, head);
  });
  return { port, passage };
}

/** Posts, and reads the whole answer. */
async function post(port: number, body: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const asked = request({ port, host: "127.0.0.1", method: "POST", path: "/line", headers, agent: false });
  asked.end(body);
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  answer.setEncoding("utf8");
  let text = `${answer.statusCode ?? 0} `;
  for await (const piece of answer) text += String(piece);
  return text;
}

/** Says who it is and what it got. */
const says = (name: string, status: number): Answer => {
  return (message, response) => {
    let body = "";
    message.on("data", (piece: Buffer) => (body += piece.toString()));
    message.on("end", () => response.writeHead(status).end(`${name}: ${body}`));
  };
};

describe("requests through a passage", () => {
  test("V-18 so many bytes of bodies wait at a time; those that have their answer make room", async () => {
    const { port: behind } = await listen((message, response) => void message.resume().on("end", () => response.end()));
    const { port, passage } = await reach([behind]);
    const longest = "x".repeat(4 * 1024 * 1024);
    passage.hold(true);
    const first = Array.from({ length: 5 }, () =>
      post(port, longest).then(
        () => "answered",
        () => "cut",
      ),
    );
    // The one for which there is no room is over before the others are let go.
    expect(await Promise.race(first)).toBe("cut");
    passage.hold(false);
    expect((await Promise.all(first)).toSorted()).toEqual([...Array<string>(4).fill("answered"), "cut"]);
    expect(await post(port, longest)).toBe("200 ");
  });

  test("go to the newest server; those with a ticket to the first that knows it, body and all", async () => {
    const [old, gone, next] = [
      await listen(says("old", 200)),
      await listen(says("gone", 410)),
      await listen(says("next", 200)),
    ];
    const { port } = await reach([old.port, next.port]);
    expect(await post(port, "a")).toBe("200 next: a");
    expect(await post(port, "b", { "Longwire-Ticket": "t" })).toBe("200 old: b");
    const { port: other } = await reach([gone.port, next.port]);
    expect(await post(other, "c", { "Longwire-Ticket": "t" })).toBe("200 next: c");
  });

  test("an answer comes as it is made, and breaks when it breaks", async () => {
    let made: ServerResponse | undefined;
    const behind = await listen((_message, response) => {
      made = response;
      response.writeHead(200, { "X-Kept": "yes", "Keep-Alive": "timeout=9" });
      response.write("first");
    });
    const { port } = await reach([behind.port]);
    const asked = get({ port, host: "127.0.0.1", path: "/stream", agent: false });
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    expect([answer.headers["x-kept"], answer.headers["keep-alive"]]).toEqual(["yes", undefined]);
    expect(String((await once(answer, "data"))[0])).toBe("first");
    const broken = once(answer, "error");
    made?.destroy();
    await broken;
    expect(answer.complete).toBe(false);
  });

  test("without a server, or beyond what the page may have, break without an answer", async () => {
    const { port } = await reach([]);
    await expect(post(port, "")).rejects.toThrow("socket hang up");
    const behind = await listen(says("large", 200));
    const { port: spent } = await reach([behind.port], () => false);
    await expect(post(spent, "x")).rejects.toThrow(/aborted|hang up/);
  });

  test("as many at a time as one page needs, and no more", async () => {
    const behind = await listen(() => {});
    const { port, passage } = await reach([behind.port]);
    const all = Array.from({ length: 33 }, () => {
      const asked = request({ port, host: "127.0.0.1", path: "/", agent: false }).end();
      return { asked, failed: once(asked, "error") };
    });
    await Promise.race(all.map(({ failed }) => failed));
    expect(passage.connectionCount).toBe(32);
    passage.close();
    await Promise.all(all.map(({ failed }) => failed));
    expect(passage.connectionCount).toBe(0);
  });
});

describe("upgrades through a passage", () => {
  /** Answers 101 and then everything twice. */
  async function doubling(): Promise<number> {
    const { port, server } = await listen(() => {});
    server.on("upgrade", (_message, socket: Duplex) => {
      socket.on("error", () => {});
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: twice\r\nConnection: Upgrade\r\n\r\n");
      socket.on("data", (piece: Buffer) => socket.write(Buffer.concat([piece, piece])));
    });
    return port;
  }

  async function upgrade(port: number): Promise<Duplex> {
    const asked = request({
      port,
      host: "127.0.0.1",
      path: "/talk",
      headers: { Upgrade: "twice", Connection: "Upgrade" },
      agent: false,
    });
    asked.end();
    const [, socket] = (await once(asked, "upgrade")) as [IncomingMessage, Duplex];
    socket.on("error", () => {});
    return socket;
  }

  test("carry bytes both ways, until they are cut", async () => {
    const { port, passage } = await reach([await doubling()]);
    const socket = await upgrade(port);
    socket.write("ab");
    expect(String((await once(socket, "data"))[0])).toBe("abab");
    const closed = once(socket, "close");
    passage.cut();
    await closed;
  });

  test("gone dead, they stay open and carry nothing, while new ones work", async () => {
    const { port, passage } = await reach([await doubling()]);
    const dead = await upgrade(port);
    const heard: string[] = [];
    dead.on("data", (piece: Buffer) => heard.push(piece.toString()));
    passage.deaden();
    dead.write("ab");
    const alive = await upgrade(port);
    alive.write("cd");
    expect(String((await once(alive, "data"))[0])).toBe("cdcd");
    expect([heard, dead.destroyed]).toEqual([[], false]);
  });

  test("held, they wait and lose nothing", async () => {
    const { port, passage } = await reach([await doubling()]);
    const before = await upgrade(port);
    passage.hold(true);
    const during = upgrade(port);
    before.write("ab");
    const answer = once(before, "data");
    expect(await Promise.race([during, answer, post(await portOf(says("free", 200)), "")])).toBe("200 free: ");
    passage.hold(false);
    expect(String((await answer)[0])).toBe("abab");
    await during;
  });

  async function portOf(answer: Answer): Promise<number> {
    return (await listen(answer)).port;
  }
});
