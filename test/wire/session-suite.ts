// What docs/wire/session-v1.md asks of a server's session (§2, §3, §6), one rule at a time, over websockets.

import { deepEqual, equal, ok } from "node:assert/strict";
import { ack, at, auth, bye, data, hello, join, open, pack, ping, text } from "./codec.ts";
import { Peer } from "./peer.ts";
import type { Rule, Target } from "./target.ts";

export const sessionRules: readonly Rule[] = [
  {
    section: "4.1",
    name: "longwire.1 is selected though it is offered last, and GREET comes first",
    async run(target) {
      const peer = await Peer.dial(target, { protocols: ["x.other", "longwire.1"] });
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
  {
    section: "2",
    name: "a PACK stands for its packets, in their order",
    rows: "I-03 I-04",
    async run(target) {
      const { peer } = await Peer.echo(target);
      peer.send(pack(data(text(1, "a")), ping(5), data(text(1, "b"))));
      equal((await peer.next("PONG")).token, 5);
      deepEqual([String(await peer.message(1)), String(await peer.message(1))], ["a", "b"]);
      peer.cut();
    },
  },
  {
    section: "2",
    name: "HELLO and what opens channels may come in a PACK, as what confirms and the first message may",
    rows: "I-03",
    async run(target) {
      const peer = await Peer.dial(target);
      peer.send(pack(ping(5), hello(), data(open(1, target.echo))));
      // Which of the two answers comes first is not said.
      const answers: string[] = [];
      const accept = await peer.next("DATA", (said) => {
        answers.push(said.name === "PONG" ? `PONG ${String(said.token)}` : said.name);
      });
      equal(accept.envelope.kind, "ACCEPT");
      equal(
        answers
          .filter((answer) => answer !== "ACK")
          .toSorted()
          .join(),
        "PONG 5,WELCOME",
      );
      peer.send(pack(ack(1), data(text(1, "a"))));
      equal(String(await peer.message(1)), "a");
      peer.cut();
    },
  },
  closes("2", "a PACK with two HELLOs", async (target) => {
    const peer = await Peer.dial(target);
    peer.send(pack(hello(), hello()));
    return peer;
  }),
  closes("2", "a PACK of slices before HELLO", async (target) => {
    const peer = await Peer.dial(target);
    peer.send(pack(data(text(1, "a")), hello()));
    return peer;
  }),
  closes("2", "a PACK with an ACK of what was never sent, before what would be good,", async (target) => {
    const { peer } = await Peer.welcome(target);
    peer.send(pack(ack(99), data(open(1, target.echo))));
    return peer;
  }),
  {
    section: "2",
    name: "what came whole in a PACK before its fault counts",
    rows: "I-02",
    async run(target) {
      const { peer: first, ticket } = await Peer.echo(target);
      first.send(join(pack(data(text(1, "a"))), [9]));
      equal(await first.end(), 4400);
      const peer = await Peer.again(target, ticket, 2, 1);
      equal((await peer.next("RESUMED")).received, 2);
      peer.cut();
    },
  },
  ...(
    [
      ["an empty PACK", Uint8Array.of(0x0f)],
      ["a PACK with an empty packet", Uint8Array.of(0x0f, 0)],
      ["a PACK in a PACK", pack(pack(ping(1)))],
      ["a PACK whose length is not in its shortest form", Uint8Array.of(0x0f, 0x82, 0, 2, 7)],
      ["a PACK whose length takes three bytes", join([0x0f, 0x80, 0x80, 1], new Uint8Array(16_384).fill(0x41))],
      ["a PACK of more than 16 448 bytes", pack(...Array.from({ length: 17 }, () => new Uint8Array(1_000).fill(0x41)))],
    ] as const
  ).map(([name, message]) =>
    closes("2", name, async (target) => {
      const { peer } = await Peer.welcome(target);
      peer.send(message);
      return peer;
    }),
  ),
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
  {
    section: "3.4",
    name: "of two holders of a ticket one goes on; the other gets 4409, then GONE 3, and what it said does not count",
    rows: "V-52",
    async run(target) {
      const { peer: rightful, ticket } = await Peer.echo(target);
      const copy = await Peer.again(target, ticket, 2, 1);
      await copy.next("RESUMED");
      equal(await rightful.end(), 4409);
      const again = await Peer.again(target, ticket, 3, 1);
      await again.next("RESUMED");
      copy.send(ack(1), data(text(1, "the copy's")));
      equal(await copy.end(), 4409);
      again.send(ack(1), data(text(1, "mine")));
      equal(String(await again.message(1)), "mine");
      const late = await Peer.again(target, ticket, 4, 1);
      equal((await late.next("GONE")).reason, 3);
      again.send(data(text(1, "unharmed")));
      equal(String(await again.message(1)), "unharmed");
      again.cut();
    },
  },
  {
    section: "3.3",
    name: "AUTH is answered with its id, a repeat of it with the same answer, also after a resume",
    rows: "V-52",
    async run(target) {
      const { peer: first, ticket } = await Peer.echo(target);
      first.send(auth(7, "anything"));
      const answer = await first.next("AUTHED");
      equal(answer.id, 7);
      first.send(auth(7, "anything"));
      deepEqual(await first.next("AUTHED"), answer);
      first.cut();
      const peer = await Peer.again(target, ticket, 2, 1);
      await peer.next("RESUMED");
      peer.send(ack(1), auth(7, "anything"));
      deepEqual(await peer.next("AUTHED"), answer);
      peer.cut();
    },
  },
  {
    section: "2",
    name: "an outbox has a bound: what is not acknowledged stops the server's DATA, not its PONG, and ACK lets it go on",
    rows: "I-12",
    async run(target) {
      const { peer, retain } = await Peer.echo(target, 2 ** 24);
      const said = "x".repeat(20);
      const [most, cost] = [Math.min(1_000, Math.ceil(retain / 128)), said.length + 128];
      // As much as is granted; what grants more is DATA as well, and stops with it.
      let granted = 65_536;
      let [sent, got] = [0, 1];
      for (let quiet = 0; quiet < 2;) {
        for (; granted >= cost && sent < most + 200; granted -= cost) peer.send(data(text(1, `${sent++}`.padEnd(20))));
        peer.send(ping(1));
        await peer.next("PONG", (packet) => {
          if (packet.name !== "DATA") return;
          got++;
          quiet = -1;
          if (packet.envelope.kind === "CREDIT") granted += packet.envelope.credit;
        });
        quiet++;
      }
      ok(got <= most, `${got} packets wait for their acknowledgement`);
      peer.send(ack(got));
      await peer.message(1);
      peer.cut();
    },
  },
  closes("6", "a fourth packet before HELLO", async (target) => {
    const peer = await Peer.dial(target);
    peer.send(ping(1), ping(2), ping(3), ping(4));
    return peer;
  }),
];

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
