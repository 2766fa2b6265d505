// What docs/wire/session-v1.md says of time (§8). These rules wait for it, all at once.

import { equal, ok } from "node:assert/strict";
import { ack, body, data, hello, ping, text } from "./codec.ts";
import { Peer } from "./peer.ts";
import { ask, beginPost, openByRequest, poll } from "./requests.ts";
import type { Rule } from "./target.ts";

export const timeRules: readonly Rule[] = [
  {
    section: "4.1",
    name: "a websocket that says neither HELLO nor RESUME is closed with 4400",
    rows: "V-19",
    seconds: 10,
    async run(target) {
      const peer = await Peer.dial(target);
      peer.patienceMs = 15_000;
      equal(await peer.end(), 4400);
    },
  },
  {
    section: "3.1",
    name: "a session that is never confirmed is an orphan, and forgotten; one that was confirmed is not",
    rows: "I-14",
    seconds: 16,
    async run(target) {
      const orphan = await Peer.dial(target);
      orphan.send(hello());
      const { ticket } = await orphan.next("WELCOME");
      orphan.cut();
      const { peer, ticket: confirmed } = await Peer.welcome(target);
      peer.send(ping(1));
      await peer.next("PONG");
      peer.cut();
      await pause(17_000);
      equal((await (await Peer.again(target, ticket, 2, 0)).next("GONE")).reason, 1);
      const again = await Peer.again(target, confirmed, 2, 0);
      await again.next("RESUMED");
      again.cut();
    },
  },
  {
    section: "2",
    name: "a silent client gets PING after `heartbeat`, and loses the transport 15 s later, not the session",
    rows: "F-30",
    seconds: 37,
    async run(target) {
      const { peer, ticket, heartbeatSeconds } = await Peer.welcome(target);
      peer.patienceMs = heartbeatSeconds * 1_100 + 2_000;
      await peer.next("PING");
      peer.patienceMs = 18_000;
      await peer.end();
      const again = await Peer.again(target, ticket, 2, 0);
      await again.next("RESUMED");
      again.cut();
    },
  },
  {
    section: "4.3",
    name: "a GET waits as long as it asks, and is then 204",
    seconds: 2,
    async run(target) {
      const { ticket } = await openByRequest(target);
      equal((await poll(target, ticket, 1, 2)).status, 204);
    },
  },
  {
    section: "4.5",
    name: "a body that never ends is 408, and the session goes on",
    rows: "V-18",
    seconds: 10,
    async run(target) {
      const { ticket } = await openByRequest(target);
      const post = beginPost(target, "send", ticket, Uint8Array.of(9));
      equal((await within(15_000, post.answer)).status, 408);
      equal((await ask(target, "send", { ticket, body: body(ping(1)) })).status, 200);
    },
  },
  {
    section: "4.3",
    name: "35 s without a request park a session; the next request goes on with it",
    seconds: 37,
    async run(target) {
      const { ticket } = await openByRequest(target);
      // It is confirmed, or it would be an orphan.
      equal((await poll(target, ticket, 1)).status, 204);
      await pause(37_000);
      const said = { ticket, body: body(Uint8Array.of(4, 2), data(text(1, "still here"))) };
      equal((await ask(target, "send", said)).status, 200);
      ok((await poll(target, ticket, 1, 4)).said.some(({ name }) => name === "DATA"));
    },
  },
  {
    section: "3.3",
    name: "30 s after its admission has lapsed a session is BYE 4401",
    rows: "V-52",
    needs: ["shortToken"],
    seconds: 32,
    async run(target) {
      const peer = await Peer.dial(target);
      peer.send(hello(1, target.shortToken));
      await peer.next("WELCOME");
      peer.send(ack(0));
      peer.patienceMs = 36_000;
      // The server's PINGs are answered: it is not the silence that ends it.
      const bye = peer.next("BYE", ({ name }) => name === "PING" && peer.send(Uint8Array.of(3, 0)));
      equal((await bye).code, 4401);
    },
  },
];

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function within<Value>(ms: number, promise: Promise<Value>): Promise<Value> {
  const late = pause(ms).then(() => Promise.reject(new Error("Expected an answer; none came.")));
  return Promise.race([promise, late]);
}
