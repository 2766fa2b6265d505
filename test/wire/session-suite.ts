// What docs/wire/session-v1.md asks of a server, one rule at a time.

import { deepEqual, equal, ok } from "node:assert/strict";
import { ack, at, body, bye, data, hello, join, open, ping, resume, text } from "./codec.ts";
import { type Answered, ask, listen, openByRequest, Peer, poll, type Target } from "./peer.ts";

export interface Rule {
  readonly section: string;
  readonly name: string;
  /** The rows of the ledger that it proves. */
  readonly rows?: string;
  run(target: Target): Promise<void>;
}

export const sessionRules: readonly Rule[] = [
  {
    section: "4.1",
    name: "longwire.1 is selected though it is offered last, and GREET comes first",
    async run(target) {
      const peer = await Peer.dial(target, ["x.other", "longwire.1"]);
      equal(peer.protocol, "longwire.1");
      peer.cut();
    },
  },
  {
    section: "2",
    name: "PING is answered before anything is attached",
    async run(target) {
      const peer = await Peer.dial(target);
      peer.send(ping(300));
      equal((await peer.next("PONG")).token, 300);
      peer.cut();
    },
  },
  {
    section: "2",
    name: "WELCOME has a name of 16 bytes and a ticket of at most 64",
    async run(target) {
      const peer = await Peer.dial(target);
      peer.send(hello());
      const { session, ticket } = await peer.next("WELCOME");
      deepEqual([session.length, ticket.length > 0 && ticket.length <= 64], [16, true]);
      peer.cut();
    },
  },
  closes("2", "a text message", async (target) => {
    const { peer } = await Peer.welcome(target);
    peer.send("text");
    return peer;
  }),
  closes("2", "a number that is not in its shortest form", async (target) => {
    const { peer } = await Peer.welcome(target);
    peer.send(Uint8Array.of(1, 0x80, 0));
    return peer;
  }),
  closes("2", "an unknown type", async (target) => {
    const { peer } = await Peer.welcome(target);
    peer.send(Uint8Array.of(0x20));
    return peer;
  }),
  closes("2", "a short field", async (target) => {
    const { peer } = await Peer.welcome(target);
    peer.send(Uint8Array.of(0x0e, 0xe8, 0x07, 5, 0x61));
    return peer;
  }),
  closes("2", "a second HELLO", async (target) => {
    const { peer } = await Peer.welcome(target);
    peer.send(hello());
    return peer;
  }),
  closes("2", "AT on a websocket", async (target) => {
    const { peer } = await Peer.welcome(target);
    peer.send(at(1));
    return peer;
  }),
  closes("2", "an ACK for what was never sent", async (target) => {
    const { peer } = await Peer.welcome(target);
    peer.send(ack(9));
    return peer;
  }),
  closes("3.1", "DATA before a RESUME is confirmed", async (target) => {
    const { peer: first, ticket } = await Peer.echo(target);
    first.cut();
    const peer = await Peer.again(target, ticket, 2, 1);
    await peer.next("RESUMED");
    peer.send(data(text(1, "early")));
    return peer;
  }),
  {
    section: "2",
    name: "types 40 to 7F and bytes behind the last field are ignored",
    async run(target) {
      const { peer } = await Peer.welcome(target);
      peer.send(Uint8Array.of(0x41, 1, 2, 3), join(ping(5), [9, 9]));
      equal((await peer.next("PONG")).token, 5);
      peer.cut();
    },
  },
  {
    section: "2",
    name: "a version that is not spoken is answered with GREET and 4400",
    async run(target) {
      const peer = await Peer.dial(target);
      peer.send(hello(99));
      await peer.next("GREET");
      equal(await peer.end(), 4400);
    },
  },
  {
    section: "3.1",
    name: "RESUME brings again what was not received, and nothing else",
    rows: "I-02 I-03",
    async run(target) {
      const { peer: first, ticket } = await Peer.echo(target);
      first.send(data(text(1, "a")), data(text(1, "b")));
      await first.message(1);
      await first.message(1);
      first.cut();
      const peer = await Peer.again(target, ticket, 2, 2);
      const { received, from } = await peer.next("RESUMED");
      deepEqual([received, from], [3, 3]);
      peer.send(ack(2));
      equal(String(await peer.message(1)), "b");
      peer.send(data(text(1, "c")));
      equal(String(await peer.message(1)), "c");
      peer.cut();
    },
  },
  {
    section: "3.1",
    name: "RESUME fences the older transport with 4409",
    async run(target) {
      const { peer: older, ticket } = await Peer.echo(target);
      const peer = await Peer.again(target, ticket, 2, 1);
      await peer.next("RESUMED");
      equal(await older.end(), 4409);
      peer.cut();
    },
  },
  {
    section: "3.1",
    name: "an attempt that is not newer is closed with 4409 and changes nothing",
    rows: "P-117",
    async run(target) {
      const { peer: first, ticket } = await Peer.echo(target);
      first.cut();
      const current = await Peer.again(target, ticket, 5, 1);
      await current.next("RESUMED");
      equal(await (await Peer.again(target, ticket, 5, 1)).end(), 4409);
      current.send(ack(1), data(text(1, "still here")));
      equal(String(await current.message(1)), "still here");
      current.cut();
    },
  },
  {
    section: "3.1",
    name: "a ticket is good until a newer one is used",
    async run(target) {
      const { peer: first, ticket } = await Peer.echo(target);
      first.cut();
      const lost = await Peer.again(target, ticket, 2, 1);
      await lost.next("RESUMED");
      lost.cut();
      const peer = await Peer.again(target, ticket, 3, 1);
      await peer.next("RESUMED");
      peer.send(ack(1), ping(1));
      await peer.next("PONG");
      peer.cut();
      const late = await Peer.again(target, ticket, 4, 1);
      equal((await late.next("GONE")).reason, 3);
    },
  },
  {
    section: "6",
    name: "a forged ticket is GONE 1, like one of no session, and harms nobody",
    async run(target) {
      const { peer, ticket } = await Peer.echo(target);
      const forged = ticket.map((byte, index) => (index === ticket.length - 1 ? byte ^ 1 : byte));
      for (const wrong of [forged, ticket.subarray(0, 5), new Uint8Array(40)]) {
        const other = await Peer.again(target, wrong, 9, 0);
        equal((await other.next("GONE")).reason, 1);
      }
      peer.send(data(text(1, "unharmed")));
      equal(String(await peer.message(1)), "unharmed");
      peer.cut();
    },
  },
  {
    section: "3.1",
    name: "a RESUME that has received more than was sent is GONE 1",
    rows: "I-08",
    async run(target) {
      const { peer: first, ticket } = await Peer.echo(target);
      first.cut();
      equal((await (await Peer.again(target, ticket, 2, 99)).next("GONE")).reason, 1);
    },
  },
  {
    section: "3.1",
    name: "after BYE the session is GONE 1",
    async run(target) {
      const { peer, ticket } = await Peer.welcome(target);
      peer.send(bye(1000));
      await peer.end();
      equal((await (await Peer.again(target, ticket, 2, 0)).next("GONE")).reason, 1);
    },
  },
  {
    section: "4",
    name: "answers are not to be stored, changed or collected",
    async run(target) {
      const { status, headers } = await ask(target, "open", { body: body(hello()) });
      const names = ["content-type", "cache-control", "x-accel-buffering", "x-content-type-options", "vary"];
      const said = [...names.map((name) => headers.get(name)), status];
      deepEqual(said, ["application/longwire", "no-store, no-transform", "no", "nosniff", "Origin", 200]);
      equal(headers.get("content-encoding"), null);
    },
  },
  {
    section: "4.3",
    name: "a poll brings what is not acknowledged, and its cursor acknowledges",
    async run(target) {
      const { ticket } = await openByRequest(target);
      await ask(target, "send", { ticket, body: body(ack(1), at(2), data(text(1, "x"))) });
      for (let time = 0; time < 2; time++) {
        const { said } = await poll(target, ticket, 1, 3);
        deepEqual(
          said.filter(({ name }) => name === "AT" || name === "DATA").map(({ name }) => name),
          ["AT", "DATA"],
        );
        ok(said.some((one) => one.name === "AT" && one.next === 2));
      }
      equal((await poll(target, ticket, 2)).said.filter(({ name }) => name === "DATA").length, 0);
      equal((await poll(target, ticket, 1)).status, 204);
    },
  },
  {
    section: "4.4",
    name: "a body that is sent again is delivered once, one cut short counts up to there",
    rows: "P-115",
    async run(target) {
      const { ticket } = await openByRequest(target);
      const once = body(at(2), data(text(1, "once")));
      for (let time = 0; time < 3; time++) {
        const { said } = await ask(target, "send", { ticket, body: join(once, [60, 0, 0x30]) });
        ok(said.some((one) => one.name === "ACK" && one.received === 2));
      }
      await poll(target, ticket, 1, 3);
      const { said } = await poll(target, ticket, 1, 1);
      equal(said.filter((one) => one.name === "DATA" && one.envelope.kind === "SLICE").length, 1);
    },
  },
  {
    section: "4.4",
    name: "a gap is 409 with ACK, nothing behind it counts, and the transport goes on",
    rows: "P-118",
    async run(target) {
      const { ticket } = await openByRequest(target);
      const gap = await ask(target, "send", { ticket, body: body(at(3), data(text(1, "gap")), data(text(1, "2"))) });
      deepEqual([gap.status, gap.said], [409, [{ name: "ACK", received: 1 }]]);
      const after = await ask(target, "send", { ticket, body: body(at(2), data(text(1, "next"))) });
      deepEqual([after.status, after.said.at(-1)], [200, { name: "ACK", received: 2 }]);
      deepEqual(slicesIn(await poll(target, ticket, 1, 3)), ["next"]);
    },
  },
  {
    section: "4.2",
    name: "a stream brings WELCOME at once; its ticket is no poll's",
    async run(target) {
      const { said } = await listen(target, "stream", { body: body(hello()) });
      const welcome = said.find((one) => one.name === "WELCOME");
      ok(welcome?.name === "WELCOME");
      equal((await poll(target, welcome.ticket, 0)).status, 409);
    },
  },
  {
    section: "3",
    name: "a session goes on from a websocket to polling, and back",
    async run(target) {
      const { peer: first, ticket } = await Peer.echo(target);
      first.cut();
      const { said } = await ask(target, "open", { body: body(resume(ticket, 2, 1)) });
      const resumed = said.find((one) => one.name === "RESUMED");
      ok(resumed?.name === "RESUMED");
      await ask(target, "send", { ticket: resumed.ticket, body: body(ack(1), at(2), data(text(1, "up"))) });
      const peer = await Peer.again(target, resumed.ticket, 3, 1);
      await peer.next("RESUMED");
      peer.send(ack(1));
      equal(String(await peer.message(1)), "up");
      equal((await poll(target, resumed.ticket, 1)).status, 409);
      peer.cut();
    },
  },
  {
    section: "4.4",
    name: "a probe is answered by GREET and PONG before its end",
    async run(target) {
      const { status, said } = await listen(target, "probe", { body: body(ping(8)) });
      equal(status, 200);
      deepEqual(
        said.map(({ name }) => name),
        ["GREET", "PONG"],
      );
    },
  },
  {
    section: "4.5",
    name: "statuses: wrong type or encoding 415, method 405, ticket 410, cursor 400, too many packets 413",
    async run(target) {
      const status = async (action: string, asking: Parameters<typeof ask>[2]): Promise<number> =>
        (await ask(target, action, asking)).status;
      const { ticket } = await openByRequest(target);
      const opening = body(hello());
      equal(await status("open", { body: opening, headers: { "content-type": "text/plain" } }), 415);
      equal(await status("open", { body: opening, headers: { "content-encoding": "gzip" } }), 415);
      equal(await status("open", { method: "GET" }), 405);
      equal(await status("poll", { body: opening }), 405);
      equal(await status("send", { body: opening }), 410);
      equal(await status("send", { ticket: new Uint8Array(40), body: opening }), 410);
      equal(await status("poll", { method: "GET", ticket, headers: { "longwire-received": "x" } }), 400);
      const many = body(...Array.from({ length: 101 }, () => ping(1)));
      equal(await status("send", { ticket, body: many }), 413);
    },
  },
  {
    section: "4.5",
    name: "a foreign origin gets 403 on every address",
    rows: "V-57",
    async run(target) {
      const headers = { origin: "https://foreign.invalid" };
      for (const action of ["open", "stream", "send", "probe"]) {
        equal((await ask(target, action, { headers, body: body(hello()) })).status, 403, action);
        const asked = { ...headers, "access-control-request-method": "POST" };
        const preflight = await ask(target, action, { method: "OPTIONS", headers: asked });
        deepEqual([preflight.status, preflight.headers.get("access-control-allow-origin")], [403, null], action);
      }
      equal((await ask(target, "poll", { method: "GET", headers })).status, 403);
    },
  },
  {
    section: "3.2",
    name: "channels may be opened behind HELLO",
    async run(target) {
      const peer = await Peer.dial(target);
      peer.send(hello(), data(open(1, target.echo)));
      await peer.next("WELCOME");
      equal((await peer.hear("ACCEPT")).channel, 1);
      peer.cut();
    },
  },
];

/** The texts of the slices in an answer. */
function slicesIn({ said }: Answered): string[] {
  return said.flatMap((one) =>
    one.name === "DATA" && one.envelope.kind === "SLICE" ? [String(Buffer.from(one.envelope.bytes))] : [],
  );
}

/** A rule whose breach closes the transport with 4400. */
function closes(section: string, what: string, breach: (target: Target) => Promise<Peer>): Rule {
  return {
    section,
    name: `${what} closes the transport with 4400`,
    async run(target) {
      equal(await (await breach(target)).end(), 4400);
    },
  };
}
