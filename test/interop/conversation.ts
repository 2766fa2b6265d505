// What any two implementations must be able to say to each other: one suite for every peer and both of our roles. Each case
// runs in both directions as far as the peer can. What a peer is known to get wrong is one of its traits, with its reason.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createServer, type LongwireServer } from "../../src/server/index.ts";
import { WebSocket } from "../../src/socket/index.ts";
import { Mailbox, opened, ourPeer, type Peer, type PeerServer } from "./peers/peer.ts";

type OurPeer = ReturnType<typeof ourPeer>;

interface Conversation {
  readonly ours: OurPeer;
  readonly theirs: Peer;
}

export interface Traits {
  /** What it makes of a text it receives, if not the same. */
  readonly readsText?: (text: string) => string;
  /** It can send a message in several frames. */
  readonly fragments?: boolean;
  /** The codes it can close with besides 1000, 3000 and 4999. */
  readonly closesWith?: readonly number[];
  /** What it hears when ours closes without a code, and what it sends itself then, if not 1005 and no code at all. */
  readonly bareClose?: { readonly heard: number; readonly sent: number };
  /** It answers every Close with this code instead of repeating what it got. */
  readonly answersCloseWith?: number;
  /** Codes that it does not take although they may travel. */
  readonly refusesCodes?: readonly number[];
}

const mebibyte = 1024 * 1024;
/** Lengths on both sides of each form of the length field. */
const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 65_537];
const texts = [
  "",
  "plain",
  "\u0000 in the middle \u0000",
  "\ufeffafter a byte order mark",
  "grüße, 東京, 🧵🏳️‍🌈",
  "\uffff\u{10ffff}",
];

/** Our server, and a client of another make. */
export function conversesAsServer(
  name: string,
  dial: (url: string, protocols: readonly string[]) => Promise<Peer>,
  traits: Traits = {},
): void {
  describe(`our server and ${name}`, () => {
    let server: LongwireServer;
    let url = "";
    const arrived = new Mailbox<OurPeer>();

    beforeAll(async () => {
      server = createServer();
      server.route("/", { open: (socket) => arrived.push(ourPeer(socket)), protocols: ["chat", "echo"] });
      ({ url } = await server.listen({ host: "127.0.0.1" }));
    });
    afterAll(() => server.close());

    async function meet(protocols: readonly string[] = []): Promise<Conversation> {
      const theirs = await dial(`${url}/`, protocols);
      const ours = await arrived.next();
      return { ours, theirs };
    }

    // The codes a server has reasons to send.
    converses(meet, [1001, 1003, 1008, 1011, 1012, 1013, 1014], traits);

    it("agrees on the first subprotocol of the client's list that the route speaks", async () => {
      const { ours, theirs } = await meet(["unknown", "echo", "chat"]);
      expect([ours.protocol, theirs.protocol]).toEqual(["echo", "echo"]);
      await closeBoth(ours, theirs);
    });
  });
}

/** Our client, and a server of another make. */
export function conversesAsClient(name: string, listen: () => Promise<PeerServer>, traits: Traits = {}): void {
  describe(`our client and ${name}`, () => {
    let server: PeerServer;

    beforeAll(async () => {
      server = await listen();
    });
    afterAll(() => server.stop());

    async function meet(protocols: readonly string[] = []): Promise<Conversation> {
      const socket = new WebSocket(server.url, { protocols });
      const ours = ourPeer(socket);
      await opened(socket);
      return { ours, theirs: await server.connections.next() };
    }

    converses(meet, [], traits);

    it("agrees on a subprotocol that both speak", async () => {
      const { ours, theirs } = await meet(["unknown", "echo"]);
      expect([ours.protocol, theirs.protocol]).toEqual(["echo", "echo"]);
      await closeBoth(ours, theirs);
    });
  });
}

function converses(
  meetUnguarded: (protocols?: readonly string[]) => Promise<Conversation>,
  ourCodes: readonly number[],
  traits: Traits,
): void {
  async function meet(): Promise<Conversation> {
    const conversation = await meetUnguarded();
    onTestFinished(() => conversation.ours.drop?.());
    return conversation;
  }

  it("P-54 reads every text as it was written, in both directions", async () => {
    const { ours, theirs } = await meet();
    const all = [...texts, ...lengths.map((length) => "x".repeat(length)), ...lengths.map((length) => textOf(length))];
    for (const text of all) ours.send(text);
    expect(await theirs.messages.take(all.length)).toEqual(all.map(traits.readsText ?? ((text) => text)));
    for (const text of all) theirs.send(text);
    expect(await ours.messages.take(all.length)).toEqual(all);
    await closeBoth(ours, theirs);
  });

  it("P-57 reads all bytes as they were written, in both directions", async () => {
    const { ours, theirs } = await meet();
    const all = lengths.map((length) => bytesOf(length));
    for (const bytes of all) ours.send(bytes);
    expect(shown(await theirs.messages.take(all.length))).toEqual(shown(all));
    for (const bytes of all) theirs.send(bytes);
    expect(shown(await ours.messages.take(all.length))).toEqual(shown(all));
    await closeBoth(ours, theirs);
  });

  it("carries messages of one mebibyte, in both directions at once", async () => {
    const { ours, theirs } = await meet();
    const [text, bytes] = [textOf(mebibyte), bytesOf(mebibyte)];
    for (const peer of [ours, theirs]) {
      peer.send(text);
      peer.send(bytes);
    }
    expect(shown(await theirs.messages.take(2))).toEqual(shown([text, bytes]));
    expect(shown(await ours.messages.take(2))).toEqual(shown([text, bytes]));
    await closeBoth(ours, theirs);
  });

  it("P-56 a message of one byte more than ours takes makes theirs hear 1009", async () => {
    const { ours, theirs } = await meet();
    theirs.send(bytesOf(mebibyte + 1));
    expect((await theirs.closed).code).toBe(1009);
    // What a failed connection ends with here does not come from the peer.
    expect((await ours.closed).code).toBe(1006);
  });

  it("keeps the order of a thousand messages each way", async () => {
    const { ours, theirs } = await meet();
    const all = Array.from({ length: 1_000 }, (_, index) => (index % 3 === 0 ? bytesOf(index) : `number ${index}`));
    for (const message of all) {
      ours.send(message);
      theirs.send(message);
    }
    expect(shown(await theirs.messages.take(all.length))).toEqual(shown(all));
    expect(shown(await ours.messages.take(all.length))).toEqual(shown(all));
    await closeBoth(ours, theirs);
  });

  it("P-70 answers pings with what they carried", async () => {
    const { ours, theirs } = await meet();
    const payload = "p".repeat(125);
    expect(await ours.ping?.(payload)).toBe(payload);
    if (theirs.ping !== undefined) expect(await theirs.ping(payload)).toBe(payload);
    await closeBoth(ours, theirs);
  });

  if (traits.fragments === true) {
    it("P-47 joins the fragments of a message, with a ping between them", async () => {
      const { ours, theirs } = await meet();
      theirs.sendFragments?.(["one, ", "", "twö", ", three"], "between");
      theirs.sendFragments?.([bytesOf(70_000), bytesOf(3), bytesOf(0)], "again");
      const bytes = Buffer.concat([bytesOf(70_000), bytesOf(3)]);
      expect(shown(await ours.messages.take(2))).toEqual(shown(["one, twö, three", bytes]));
      await closeBoth(ours, theirs);
    });
  }

  it("agrees on no extension, whatever the peer would like", async () => {
    const { ours, theirs } = await meet();
    expect([ours.extensions, theirs.extensions]).toEqual(["", ""]);
    await closeBoth(ours, theirs);
  });

  const longReason = "ü".repeat(61);
  const refused = traits.refusesCodes ?? [];
  for (const code of [1000, 3000, 4999, ...ourCodes].filter((each) => !refused.includes(each))) {
    it(`P-60 theirs hears ${code} and the reason when ours closes`, async () => {
      const { ours, theirs } = await meet();
      ours.close(code, longReason);
      expect(await theirs.closed).toEqual({ code, reason: longReason });
      expect((await ours.closed).code).toBe(traits.answersCloseWith ?? code);
      expect(await ours.wasClean).toBe(true);
    });
  }

  for (const code of [1000, 3000, 4999, ...(traits.closesWith ?? [])]) {
    it(`P-60 ours hears ${code} and the reason when theirs closes`, async () => {
      const { ours, theirs } = await meet();
      theirs.close(code, longReason);
      expect(await ours.closed).toEqual({ code, reason: longReason });
      expect(await ours.wasClean).toBe(true);
      expect((await theirs.closed).code).toBe(code);
    });
  }

  it("P-58 either hears 1005 when the other closes without a code", async () => {
    const first = await meet();
    first.ours.close();
    expect((await first.theirs.closed).code).toBe(traits.bareClose?.heard ?? 1005);
    expect(await first.ours.wasClean).toBe(true);
    const second = await meet();
    second.theirs.close();
    expect((await second.ours.closed).code).toBe(traits.bareClose?.sent ?? 1005);
    expect(await second.ours.wasClean).toBe(true);
  });

  it("everything sent before a close arrives before it", async () => {
    for (const side of ["ours", "theirs"] as const) {
      const conversation = await meet();
      const from = conversation[side];
      const to = conversation[side === "ours" ? "theirs" : "ours"];
      const all = Array.from({ length: 20 }, (_, index) => bytesOf(10_000 + index));
      for (const bytes of all) from.send(bytes);
      from.close(1000, "that was all");
      expect(shown(await to.messages.take(all.length))).toEqual(shown(all));
      expect(await to.closed).toEqual({ code: 1000, reason: "that was all" });
    }
  });

  it("P-69 either hears 1006 when the other lets go", async () => {
    const first = await meet();
    first.ours.drop?.();
    expect((await first.theirs.closed).code).toBe(1006);
    const second = await meet();
    if (second.theirs.drop === undefined) return;
    second.theirs.drop();
    expect((await second.ours.closed).code).toBe(1006);
    expect(await second.ours.wasClean).toBe(false);
  });
}

async function closeBoth(ours: OurPeer, theirs: Peer): Promise<void> {
  ours.close(1000);
  await Promise.all([ours.closed, theirs.closed]);
  expect(await ours.wasClean).toBe(true);
}

/** Long messages in a form that is compared fast and can be read. */
function shown(messages: readonly (string | Buffer)[]): string[] {
  return messages.map((message) => {
    if (message.length < 100) return `${typeof message === "string" ? "text" : "bytes"} ${message.toString()}`;
    const digest = createHash("sha1").update(message).digest("hex");
    return `${typeof message === "string" ? "text" : "bytes"} of ${message.length}, ${digest}`;
  });
}

/** Text of `length` bytes in which every character has two. */
function textOf(length: number): string {
  return "é".repeat(length >> 1) + "e".repeat(length & 1);
}

function bytesOf(length: number): Buffer {
  return Buffer.alloc(length, Buffer.from(Uint8Array.from({ length: 251 }, (_, index) => index)));
}
