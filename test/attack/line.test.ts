// Attacks on sessions: tickets that are forged, old, copied or doubled, packets and bodies that no client sends, floods of
// requests and channels (RELIABILITY V-16…V-24, V-33, V-50…V-61). A rightful session beside them must notice nothing.
import { expect } from "vitest";
import { EnvelopeKind, encodeEnvelope } from "../../src/channels/envelope.ts";
import { PacketType } from "../../src/session/packet.ts";
import { data, hello, LineClient, none, openData, resume, text, textData } from "../support/line-client.ts";
import { at, bodyOf, type LineAnswer, LineRequests } from "../support/line-requests.ts";
import { attack, isFull, patient, type Scene } from "./support/attack.ts";
import type { Target } from "./support/target.ts";

const KiB = 1024;
const type = { "Content-Type": "application/longwire" };

async function dial(target: Target): Promise<LineClient> {
  const client = new LineClient(await target.open("/", { "Sec-WebSocket-Protocol": "longwire.1" }));
  await client.expect(PacketType.greet);
  return client;
}

/** A session in use, by WebSocket: its ticket, and a question that only a living one answers. */
class Rightful {
  readonly client: LineClient;
  readonly ticket: Uint8Array;
  #count = 0;

  private constructor(client: LineClient, ticket: Uint8Array) {
    this.client = client;
    this.ticket = ticket;
  }

  static async begin({ target }: Scene): Promise<Rightful> {
    const client = await dial(target);
    client.send(hello(), openData(1, "/"));
    const { ticket } = await client.expect(PacketType.welcome);
    await client.told(1);
    client.send({ type: PacketType.ack, received: 1 });
    return new Rightful(client, Uint8Array.from(ticket));
  }

  /** Asks, and takes whatever else was said before the answer. */
  async works(): Promise<boolean> {
    const words = `still here ${++this.#count}`;
    this.client.send(textData(1, words));
    for (;;) {
      const [told] = await this.client.told(1);
      if (told === `data 1 ${words}`) return true;
      if (told !== "ping" && !told?.startsWith("ack")) throw new Error(`The rightful session was told ${told}.`);
    }
  }
}

/** What a process may have open bounds the long version. */
const many = isFull ? 5_000 : 1_000;

/** Runs `ask` `count` times, so many at once, and counts the answers. */
async function crowd(count: number, ask: (index: number) => Promise<LineAnswer>): Promise<Record<string, number>> {
  const tally: Record<string, number> = {};
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) {
      const { status, told } = await ask(next++);
      const key = `${status} ${told.join(" ")}`.trim();
      tally[key] = (tally[key] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 32 }, one));
  return tally;
}

attack(
  "V-19 V-51 V-52 forged tickets, of every length and form, are unknown, and cost nothing that stays",
  {},
  async (scene) => {
    const rightful = await Rightful.begin(scene);
    const { target } = scene;
    const line = new LineRequests(target.port);
    const before = await target.facts("collect");
    const forge = (index: number): Uint8Array => {
      const forged = Uint8Array.from(rightful.ticket);
      // Any bit of name, generation and tag.
      const bit = 8 + (index % (forged.length * 8 - 8));
      forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return forged;
    };
    expect(await crowd(many, (index) => line.open([resume(forge(index), 5, 0)]))).toEqual({ "200 gone 1": many });
    expect(await crowd(many, (index) => line.poll(forge(index), 0))).toEqual({ "410": many });
    const names = ["__proto__", "constructor", "hasOwnProperty", "toString"].map(text);
    const odd = [none, ...names, ...Array.from({ length: 64 }, (_, length) => new Uint8Array(length + 1).fill(0xff))];
    for (const ticket of odd) expect((await line.open([resume(ticket, 5, 0)])).told).toEqual(["gone 1"]);
    for (const header of ["__proto__", "constructor", "a".repeat(4 * KiB), "§", "", "[]", "0"]) {
      const headers = { "Longwire-Ticket": Buffer.from(header).toString("latin1"), "Longwire-Received": "0" };
      expect((await line.ask("GET", "poll", undefined, headers)).status).toBe(410);
    }
    expect(await rightful.works()).toBe(true);
    const after = await target.facts("collect");
    scene.note(`${String(after.heldBytes - before.heldBytes)} bytes more held`);
    expect(after.heldBytes - before.heldBytes).toBeLessThan(4 * 1024 * KiB);
    expect(after.metrics["sessions"]).toBe(1);
  },
);

attack(
  "V-52 an old ticket, a doubled request and a count of what never was: refused, each with its code",
  {},
  async (scene) => {
    const rightful = await Rightful.begin(scene);
    const { target } = scene;
    const line = new LineRequests(target.port);
    // received beyond what was sent
    expect((await line.open([resume(rightful.ticket, 2, 1_000_000)])).told).toEqual(["gone 1"]);
    // another version
    const future = { ...resume(rightful.ticket, 2, 1), version: 9 };
    expect((await line.open([future])).told).toEqual(["gone 5"]);
    expect(await rightful.works()).toBe(true);
    // The session moves, and its first ticket is used up.
    const second = await line.open([resume(rightful.ticket, 2, 2)]);
    expect(second.told.slice(0, 1)).toEqual(["resumed"]);
    expect((await line.open([resume(rightful.ticket, 2, 2)])).status).toBe(409);
    expect((await line.poll(second.ticket, 2)).status).toBe(204);
    expect((await line.open([resume(rightful.ticket, 9, 2)])).told).toEqual(["gone 3"]);
    expect((await line.poll(rightful.ticket, 2)).status).toBe(409);
    expect((await line.send(rightful.ticket, [at(3), textData(1, "late")])).status).toBe(409);
    // ACK for what was never sent ends that transport; the session is resumed.
    expect((await line.send(second.ticket, [{ type: PacketType.ack, received: 1e9 }])).status).toBe(400);
    const third = await line.open([resume(second.ticket, 10, 2)]);
    expect(third.told.slice(0, 1)).toEqual(["resumed"]);
    expect((await line.send(third.ticket, [at(3), textData(1, "here")])).told).toEqual(["ack 3"]);
    expect((await line.poll(third.ticket, 2)).told).toEqual(["at", "data 1 here"]);
    const { counts } = await target.facts();
    expect([counts.message, counts.close]).toEqual([2, 0]);
  },
);

attack(
  "V-52 two holders of one ticket: one goes on, the other is told, and what they say never mixes",
  {},
  async (scene) => {
    const rightful = await Rightful.begin(scene);
    const copy = await dial(scene.target);
    copy.send(resume(rightful.ticket, 2, 1));
    expect(await copy.told(1)).toEqual(["resumed"]);
    expect(await rightful.client.toldUntilClosed()).toEqual(["closed 4409"]);
    // The rightful one comes back before the copy has confirmed: the copy is fenced, and its words do not count.
    const again = await dial(scene.target);
    again.send(resume(rightful.ticket, 3, 1));
    const { ticket } = await again.expect(PacketType.resumed);
    copy.send(textData(1, "the copy's"));
    expect(await copy.toldUntilClosed()).toEqual(["closed 4409"]);
    again.send({ type: PacketType.ack, received: 1 }, textData(1, "mine"));
    expect(await again.told(1)).toEqual(["data 1 mine"]);
    const late = await dial(scene.target);
    late.send(resume(rightful.ticket, 4, 1));
    expect(await late.toldUntilClosed()).toEqual(["gone 3", "closed 4410"]);
    expect(ticket.length).toBeGreaterThan(0);
  },
);

attack(
  "V-16 V-21 V-33 packets and envelopes that mean nothing end their transport with 4400, nobody else's",
  {},
  async (scene) => {
    const rightful = await Rightful.begin(scene);
    const { target } = scene;
    const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(" ", ""), "hex");
    const before: Readonly<Record<string, Uint8Array>> = {
      "DATA before HELLO": data(text("x")),
      "an unknown type": bytes("33"),
      "a length beyond the packet": bytes("06 01 80 80 40 80 80 40 ff ff 7f 41"),
      "a varint of nine bytes": bytes("02 ff ff ff ff ff ff ff ff 01"),
      "a varint not in its shortest form": bytes("02 80 00"),
      "a HELLO without fields": bytes("06"),
      "a packet of 20 KiB": data(new Uint8Array(20 * KiB)),
      "WELCOME, which is the server's": bytes("07 01"),
      nothing: none,
    };
    for (const [what, packet] of Object.entries(before)) {
      const client = await dial(target);
      client.send(packet);
      expect(await client.toldUntilClosed(), what).toEqual(["closed 4400"]);
    }
    const words = await dial(target);
    words.raw.writeFrame({ payload: "a text message" });
    expect(await words.toldUntilClosed()).toEqual(["closed 4400"]);
    const after: Readonly<Record<string, Uint8Array>> = {
      "a channel never opened": textData(7, "x"),
      "an OPEN out of order": openData(9, "/"),
      "an envelope kind that is reserved": data(bytes("07 09")),
      "no envelope": data(none),
      "AT on a websocket": bytes("04 01"),
      "a second HELLO": Buffer.from("0601808040808040" + "00", "hex"),
    };
    for (const [what, packet] of Object.entries(after)) {
      const client = await dial(target);
      client.send(hello(), openData(1, "/"));
      await client.told(2);
      client.send({ type: PacketType.ack, received: 1 }, packet);
      expect(await client.toldUntilClosed(), what).toEqual(["closed 4400"]);
    }
    expect(await rightful.works()).toBe(true);
  },
);

attack(
  "V-17 V-18 V-58 bodies that are encoded, untyped, endless or broken: answered, and nothing is left",
  {},
  async (scene) => {
    const rightful = await Rightful.begin(scene);
    const { target } = scene;
    const line = new LineRequests(target.port);
    const good = bodyOf(hello());
    const session = await line.open([hello()]);
    const ticket = session.ticket;
    // It confirms the session, which is no orphan then, however long the rest takes.
    expect((await line.send(ticket, [])).status).toBe(200);
    const before = await target.facts("collect");
    const wrongs: readonly (readonly [status: number, ask: () => Promise<LineAnswer>])[] = [
      ...["gzip", "br", "zstd", "deflate", "x", "gzip,gzip"].map((coding) => {
        return [415, () => line.post("open", good, { "Content-Encoding": coding })] as const;
      }),
      ...["", "text/plain", "application/json", "multipart/form-data"].map((name) => {
        return [415, () => line.post("open", good, { "Content-Type": name })] as const;
      }),
      [405, () => line.ask("PUT", "open", good, type)],
      [405, () => line.ask("GET", "open", undefined)],
      [405, () => line.ask("POST", "poll", none, type)],
      [404, () => line.ask("POST", "nowhere", good, type)],
      [413, () => line.post("open", new Uint8Array(17 * KiB).fill(1))],
      [400, () => line.post("open", Buffer.alloc(KiB, "\n"))],
      [400, () => line.post("open", Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7f))],
      [400, () => line.post("probe", Buffer.alloc(65, 1))],
      [410, () => line.ask("GET", "poll", undefined)],
      [410, () => line.post("send", none)],
      [425, () => line.post("open", good, { "Early-Data": "1" })],
    ];
    for (const [status, ask] of wrongs) {
      const tally = await crowd(isFull ? 1_000 : 100, ask);
      const statuses = [...new Set(Object.keys(tally).map((key) => Number(key.split(" ")[0])))];
      // The public page of this target answers 404 with its own words.
      expect(statuses, `${status}: ${JSON.stringify(tally)}`).toEqual([status === 404 ? 200 : status]);
    }
    // After admission a body may be larger, and no larger than that.
    // 40: a type of later versions, which is skipped.
    const skipped = Uint8Array.from({ length: 16 * KiB }, (_, index) => (index === 0 ? 0x40 : 0));
    expect(
      (
        await line.send(
          ticket,
          Array.from({ length: 15 }, () => skipped),
        )
      ).status,
    ).toBe(200);
    expect(
      (
        await line.send(
          ticket,
          Array.from({ length: 17 }, () => skipped),
        )
      ).status,
    ).toBe(413);
    expect(
      (
        await line.send(
          ticket,
          Array.from({ length: 101 }, () => Uint8Array.of(0x40)),
        )
      ).status,
    ).toBe(413);
    expect(await rightful.works()).toBe(true);
    const after = await scene.factsOnce(({ metrics }) => (metrics["sessions"] ?? 0) <= 2);
    expect(after.heldBytes).toBeLessThan(before.heldBytes + 32 * 1024 * KiB);
  },
);

attack(
  "V-24 P-114 I-18 a thousand requests at once with one ticket: one of each kind at a time, and the session lives",
  {},
  async (scene) => {
    const line = new LineRequests(scene.target.port);
    const { ticket } = await line.open([hello(), at(1), openData(1, "/")]);
    const polls = Array.from({ length: many }, () => line.poll(ticket, 1, 20));
    const sends = Array.from({ length: many }, () => line.send(ticket, [at(2), textData(1, "once")]));
    const sent = await Promise.all(sends);
    expect(new Set(sent.map(({ status }) => status)).size).toBeLessThanOrEqual(2);
    expect(sent.every(({ status }) => status === 200 || status === 409)).toBe(true);
    const answers = await Promise.all(polls);
    expect(answers.every(({ status }) => status === 204 || status === 200)).toBe(true);
    expect((await scene.target.facts()).counts.message).toBe(1);
    expect((await line.poll(ticket, 2)).status).toBe(204);
  },
);

attack("V-61 a flood of channels is refused channel by channel, and then costs the session", {}, async (scene) => {
  const rightful = await Rightful.begin(scene);
  const client = await dial(scene.target);
  client.send(hello());
  await client.told(1);
  client.send({ type: PacketType.ack, received: 0 });
  const opens: Uint8Array[] = [];
  for (let id = 1; id <= many; id++) {
    const reset = encodeEnvelope({ kind: EnvelopeKind.reset, channel: id, code: 1006, reason: "" });
    opens.push(openData(id, "/"), data(reset));
  }
  client.send(...opens);
  const told = await client.toldUntilClosed().catch(() => ["bye 1008"]);
  expect(told).toContain("bye 1008");
  const { counts } = await scene.factsOnce(({ metrics }) => metrics["sessions"] === 1);
  expect(counts.open).toBeLessThanOrEqual(130);
  expect(counts.close).toBe(counts.open - 1);
  expect(await rightful.works()).toBe(true);
});

attack("V-18 however many probes come from one address all are answered, and few are held", {}, async (scene) => {
  const line = new LineRequests(scene.target.port);
  const ping = bodyOf({ type: PacketType.ping, token: 7 });
  const tally = await crowd(40, () => line.post("probe", ping));
  expect(tally["200 greet pong"]).toBe(40);
});

attack(
  "I-12 sessions that nobody comes back for are bounded by time, their places with them",
  {
    limits: { maxConnectionsPerAddress: 500 },
  },
  async (scene) => {
    const line = new LineRequests(scene.target.port);
    const before = await scene.target.facts("collect");
    const tally = await crowd(many, () => line.open([hello(), at(1), openData(1, "/")]));
    const welcomed = Object.entries(tally).find(([key]) => key.startsWith("200"))?.[1] ?? 0;
    expect(welcomed).toBeLessThan(500);
    expect(welcomed + (tally["429"] ?? 0)).toBe(many);
    const full = await scene.target.facts("collect");
    scene.note(
      `${String(Math.round((full.heldBytes - before.heldBytes) / welcomed))} bytes per session with a channel`,
    );
    // Nobody has confirmed them: they are orphans, forgotten after 15 s.
    await expect
      .poll(async () => (await scene.target.facts()).metrics["sessions"], { ...patient, timeout: 30_000 })
      .toBe(0);
    expect((await line.open([hello()])).status).toBe(200);
  },
);
