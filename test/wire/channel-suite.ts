// What docs/wire/channels-v1.md asks of a server, one rule at a time.

import { deepEqual, equal, ok } from "node:assert/strict";
import { close, credit, data, join, move, open, reset, slice, text } from "./codec.ts";
import { Peer } from "./peer.ts";
import type { Rule, Target } from "./target.ts";

const KiB = 1024;

export const channelRules: readonly Rule[] = [
  {
    section: "5",
    name: "text and bytes come back as they were",
    async run(target) {
      const { peer } = await Peer.echo(target);
      peer.send(data(text(1, "grüße")), data(slice(1, Uint8Array.of(0, 255), 0x10)), data(text(1, "")));
      const messages = [await peer.message(1), await peer.message(1), await peer.message(1)];
      deepEqual(messages.map(String), ["grüße", Buffer.of(0, 255).toString(), ""]);
      peer.cut();
    },
  },
  {
    section: "5",
    name: "unknown kinds 9 to 15 and unknown flags are ignored",
    async run(target) {
      const { peer } = await Peer.echo(target);
      peer.send(data(Uint8Array.of(0x0f, 1, 2)), data(join([0xb0, 1], Buffer.from("x"))));
      equal(String(await peer.message(1)), "x");
      peer.cut();
    },
  },
  resets("5", "kind 7", 4400, () => Uint8Array.of(0x07, 1)),
  resets("5", "a slice without bytes that ends nothing", 4400, () => slice(1, new Uint8Array(0), 0x20)),
  resets("5", "a slice of more than 16 KiB", 4400, () => slice(1, new Uint8Array(16 * KiB + 1), 0x10)),
  resets("5", "text that is not UTF-8", 4400, () => slice(1, Uint8Array.of(0xff), 0x30)),
  resets("5", "a code that a WebSocket may not send", 4400, () => close(1, 1006)),
  resets("5.1", "ACCEPT from a client", 4400, () => join([0x03, 1, 1], [0, 0])),
  resets("5.2", "CREDIT of 0", 4400, () => credit(1, 0)),
  resets("5.2", "credit beyond 2³¹", 4400, () => credit(1, 2 ** 31)),
  resets("5.6", "CLOSE(MOVED) on a channel that is not movable", 4400, () => move(1)),
  {
    section: "5",
    name: "slices of one message that differ in TEXT are RESET 4400",
    async run(target) {
      const { peer } = await Peer.echo(target);
      peer.send(data(slice(1, Uint8Array.of(65), 0x20)), data(slice(1, Uint8Array.of(65), 0x10)));
      equal((await peer.hear("RESET")).code, 4400);
      peer.cut();
    },
  },
  {
    section: "5.1",
    name: "CLOSE is answered with the same code and reason, or none",
    async run(target) {
      const { peer } = await Peer.echo(target);
      peer.send(data(close(1, 4001, "bye")));
      const { code, reason } = await peer.hear("CLOSE");
      deepEqual([code, reason], [4001, "bye"]);
      peer.send(data(open(2, target.echo)));
      await peer.hear("ACCEPT");
      peer.send(data(close(2)));
      equal((await peer.hear("CLOSE")).code, 0);
      peer.cut();
    },
  },
  {
    section: "5.1",
    name: "envelopes for a channel that is closed are ignored",
    async run(target) {
      const { peer } = await Peer.echo(target);
      peer.send(data(reset(1, 4000)), data(text(1, "late")), data(credit(1, 5)), data(open(2, target.echo)));
      equal((await peer.hear("ACCEPT")).channel, 2);
      peer.cut();
    },
  },
  ...[open(3, "/"), open(1, "/"), text(9, "x")].map((envelope, index): Rule => {
    const what = ["an OPEN that leaves an id out", "an OPEN with an id that was used", "an id that was never opened"];
    return {
      section: "5.1",
      name: `${what[index]} is an error`,
      async run(target: Target) {
        const { peer } = await Peer.echo(target);
        peer.send(data(envelope));
        // The id that was used names a channel that exists.
        if (index === 1) equal((await peer.hear("RESET")).code, 4400);
        else equal(await peer.end(), 4400);
        peer.cut();
      },
    };
  }),
  {
    section: "5.5",
    name: "a path that nobody serves is REJECT 404",
    async run(target) {
      const { peer } = await Peer.echo(target);
      peer.send(data(open(2, "/there-is-no-such-route")));
      const { channel, code } = await peer.hear("REJECT");
      deepEqual([channel, code], [2, 404]);
      peer.cut();
    },
  },
  {
    section: "5.5",
    name: "ACCEPT names a subprotocol that was offered, or none",
    async run(target) {
      const { peer } = await Peer.echo(target);
      peer.send(data(open(2, target.echo, 65_536, ["a.one", "b.two"])));
      ok(["", "a.one", "b.two"].includes((await peer.hear("ACCEPT")).protocol));
      peer.cut();
    },
  },
  {
    section: "5.2",
    name: "the server sends no more than it was granted, and goes on when it is granted more",
    async run(target) {
      const { peer } = await Peer.echo(target, 1_000);
      peer.send(data(text(1, "x".repeat(300))), data(text(1, "y".repeat(5_000))), data(open(2, target.echo)));
      equal((await peer.message(1)).length, 300);
      equal((await peer.hear("ACCEPT")).channel, 2);
      peer.send(data(text(2, "beside")));
      equal(String(await peer.message(2)), "beside");
      const sent = peer.heard.flatMap((said) =>
        said.name === "DATA" && said.envelope.kind === "SLICE" && said.envelope.channel === 1 ? [said.envelope] : [],
      );
      ok(sent.reduce((sum, { bytes }) => sum + bytes.length + 128, 428) <= 1_000);
      peer.send(data(credit(1, 20_000)));
      ok((await peer.message(1)).length > 0);
      peer.cut();
    },
  },
  {
    section: "5.2",
    name: "to send what was not granted is RESET 4400",
    async run(target) {
      const { peer, maxMessage } = await Peer.echo(target);
      await accepted(peer, target, 2);
      const full = new Uint8Array(16 * KiB);
      // An unfinished message takes the room for early consumption; what then is not granted on channel 2 cannot be either.
      const slices = Math.floor(maxMessage / full.length) - 1;
      for (let count = 0; count < slices; count++) peer.send(data(slice(1, full, 0)));
      for (let count = 0; count < 40; count++) peer.send(data(slice(2, full, 0)));
      const { channel, code } = await peer.hear("RESET");
      deepEqual([channel, code], [2, 4400]);
      peer.cut();
    },
  },
  {
    section: "5.2",
    name: "a message larger than the window passes when its credit is waited for",
    async run(target) {
      const { peer } = await Peer.echo(target, 2 ** 24);
      const { credit: first } = await accepted(peer, target, 2);
      let [left, rest] = [first, 200 * KiB];
      while (rest > 0) {
        const size = Math.min(rest, 16 * KiB, left - 128);
        if (size >= Math.min(rest, KiB)) {
          rest -= size;
          left -= size + 128;
          peer.send(data(slice(2, new Uint8Array(size), rest === 0 ? 0x10 : 0)));
        } else {
          left += (await peer.hear("CREDIT")).credit;
        }
      }
      equal((await peer.message(2)).length, 200 * KiB);
      peer.cut();
    },
  },
  {
    section: "5.3",
    name: "a large message does not hold up a small one on another channel",
    async run(target) {
      const { peer } = await Peer.echo(target, 2 ** 24);
      await accepted(peer, target, 2);
      for (const flags of [0, 0, 0x10]) peer.send(data(slice(1, new Uint8Array(16 * KiB), flags)));
      peer.send(data(text(2, "small")));
      equal(String(await peer.message(2)), "small");
      peer.cut();
    },
  },
  {
    section: "5.4",
    name: "more channels than the server takes are REJECT 429, and the session goes on",
    async run(target) {
      const { peer } = await Peer.echo(target);
      for (let id = 2; id <= 70; id++) peer.send(data(open(id, target.echo)));
      equal((await peer.hear("REJECT")).code, 429);
      peer.send(data(text(1, "goes on")));
      equal(String(await peer.message(1)), "goes on");
      peer.cut();
    },
  },
  {
    section: "5.4",
    name: "a flood of control envelopes is BYE 1008",
    async run(target) {
      const { peer } = await Peer.echo(target);
      for (let count = 0; count < 2_000; count++) peer.send(data(credit(1, 1)));
      equal((await peer.next("BYE")).code, 1008);
    },
  },
];

async function accepted(peer: Peer, target: Target, channel: number): Promise<{ readonly credit: number }> {
  peer.send(data(open(channel, target.echo, 2 ** 24)));
  return peer.hear("ACCEPT");
}

/** A rule whose breach ends the channel, and only that. */
function resets(section: string, what: string, code: number, envelope: () => Uint8Array): Rule {
  return {
    section,
    name: `${what} is RESET ${code}, and other channels go on`,
    async run(target) {
      const { peer } = await Peer.echo(target);
      peer.send(data(open(2, target.echo)), data(envelope()), data(text(2, "goes on")));
      const { channel, code: given } = await peer.hear("RESET");
      deepEqual([channel, given], [1, code]);
      equal(String(await peer.message(2)), "goes on");
      peer.cut();
    },
  };
}
