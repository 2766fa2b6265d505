// One request through a passage, with servers behind it that answer as the test wants; what goes where is passage.test.ts.
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { Relay } from "../../../../../src/cli/lab/passage/relay.ts";
import { patient } from "../../../../support/cli-process.ts";

type Answer = (message: IncomingMessage, response: ServerResponse) => void;

async function listen(answer: Answer): Promise<number> {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

interface Site {
  readonly port: number;
  readonly relays: Relay[];
  /** Bytes that went to the page, and relays that are over. */
  readonly counts: { carried: number; ended: number };
}

async function relayTo(ports: readonly number[], isHeld = false): Promise<Site> {
  const relays: Relay[] = [];
  const counts = { carried: 0, ended: 0 };
  const port = await listen((message, response) => {
    const options = {
      path: message.url ?? "",
      message,
      response,
      ports: () => ports,
      carried: (bytes: number) => (counts.carried += bytes),
      kept: () => true,
      ended: () => (counts.ended += 1),
    };
    relays.push(new Relay(options, isHeld));
  });
  return { port, relays, counts };
}

/** The whole answer, or the code of what went wrong. */
async function post(
  { port }: Site,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const asked = request({ port, host: "127.0.0.1", method: "POST", path: "/line", headers, agent: false });
  asked.end(body);
  try {
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    let text = `${answer.statusCode ?? 0} `;
    for await (const piece of answer) text += String(piece);
    return text;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "";
  }
}

const echo: Answer = (message, response) => void message.pipe(response);

test("an answer is passed on with what was carried told, and the relay ends once", async () => {
  const site = await relayTo([await listen(echo)]);
  expect(await post(site, "hello")).toBe("200 hello");
  await expect.poll(() => site.counts, patient).toEqual({ carried: 5, ended: 1 });
  site.relays[0]?.cut();
  expect(site.counts.ended).toBe(1);
});

test("V-18 a body that is longer than any batch is cut off, and no server hears of it", async () => {
  let heard = 0;
  const site = await relayTo([await listen(() => (heard += 1))]);
  expect(await post(site, new Uint8Array(4 * 1024 * 1024 + 1))).toMatch(/ECONNRESET|EPIPE/);
  await expect.poll(() => site.counts.ended, patient).toBe(1);
  expect(heard).toBe(0);
});

test("with a ticket every server is asked in turn, also behind one that is gone; without one the newest only", async () => {
  const [old, next] = [await listen((_message, response) => response.writeHead(410).end()), await listen(echo)];
  const gone = await listen((message) => message.socket.destroy());
  const ticket = { "Longwire-Ticket": "t" };
  expect(await post(await relayTo([old, gone, next]), "a", ticket)).toBe("200 a");
  expect(await post(await relayTo([next, old]), "b")).toBe("410 ");
  expect(await post(await relayTo([old, gone]), "c", ticket)).toBe("ECONNRESET");
  expect(await post(await relayTo([]), "d")).toBe("ECONNRESET");
});

test("while it is held nothing is asked; let go, everything is there", async () => {
  let heard = 0;
  const behind = await listen((message, response) => {
    heard += 1;
    echo(message, response);
  });
  const site = await relayTo([behind], true);
  const answer = post(site, "later");
  await expect.poll(() => site.relays.length, patient).toBe(1);
  expect(heard).toBe(0);
  site.relays[0]?.hold(false);
  expect(await answer).toBe("200 later");
  expect(heard).toBe(1);
});

test("dead, it says nothing more, not even that the server has gone", async () => {
  let made: ServerResponse | undefined;
  const site = await relayTo([await listen((_message, response) => void (made = response).write("first "))]);
  const asked = request({ port: site.port, host: "127.0.0.1", method: "POST", agent: false });
  onTestFinished(() => void asked.destroy());
  asked.on("error", () => {});
  asked.end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  expect(String((await once(answer, "data"))[0])).toBe("first ");
  site.relays[0]?.deaden();
  made?.end("second");
  await once(made as ServerResponse, "close");
  expect([site.counts, answer.readableEnded, answer.destroyed]).toEqual([{ carried: 6, ended: 0 }, false, false]);
  asked.destroy();
  await expect.poll(() => site.counts.ended, patient).toBe(1);
});
