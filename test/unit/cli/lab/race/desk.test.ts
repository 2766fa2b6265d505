// The three ways over HTTP, in front of a real server; the feed is moved by hand.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FeedDesk } from "../../../../../src/cli/lab/race/desk.ts";
import { Feed } from "../../../../../src/cli/lab/race/feed.ts";

let feed: Feed;
let desk: FeedDesk;
const server = createServer((message, response) => {
  const [, way = "", after = "0"] = (message.url ?? "").split("/");
  if (way === "stream") desk.stream(response);
  else if (way === "longpoll") desk.longpoll(response, Number(after));
  else desk.poll(response, Number(after));
});
const ask = (path: string): Promise<Response> => {
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`);
};
const numbersIn = async (response: Response): Promise<number[]> =>
  ((await response.json()) as { n: number }[]).map(({ n }) => n);
const held = (count: number): Promise<void> => expect.poll(() => desk.heldCount).toBe(count);

beforeEach(async () => {
  feed = new Feed();
  desk = new FeedDesk(feed);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  desk.close();
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

describe("FeedDesk", () => {
  it("a poll is answered at once, with nothing or with what is new", async () => {
    expect(await numbersIn(await ask("poll/0"))).toEqual([]);
    for (let n = 0; n < 3; n += 1) feed.make();
    expect(await numbersIn(await ask("poll/1"))).toEqual([2, 3]);
  });

  it("a long poll is answered when there is something new, and at once if there is already", async () => {
    const answer = ask("longpoll/0");
    await held(1);
    feed.make();
    expect(await numbersIn(await answer)).toEqual([1]);
    await held(0);
    expect(await numbersIn(await ask("longpoll/0"))).toEqual([1]);
  });

  it("a stream is one answer with a line for each message", async () => {
    const response = await ask("stream");
    await held(1);
    feed.make();
    feed.make();
    desk.close();
    const lines = (await response.text()).trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { n: number }).n)).toEqual([1, 2]);
  });

  it("who goes away is held no longer", async () => {
    const stop = new AbortController();
    const { port } = server.address() as AddressInfo;
    const gone = fetch(`http://127.0.0.1:${port}/longpoll/0`, { signal: stop.signal });
    await held(1);
    stop.abort();
    await expect(gone).rejects.toThrow();
    await held(0);
  });

  it("at its end, what is held is answered", async () => {
    const answer = ask("longpoll/0");
    await held(1);
    desk.close();
    expect(await numbersIn(await answer)).toEqual([]);
  });
});
