import { describe, expect, test } from "vitest";
import type { Contact, Ending } from "../../../../src/cli/doctor/contact.ts";
import type { Handshake } from "../../../../src/cli/doctor/handshake.ts";
import { Patience } from "../../../../src/cli/doctor/patience.ts";
import { Talk } from "../../../../src/cli/doctor/talk.ts";
import { bytes, hex, utf8 } from "../../../support/byte-builder.ts";

/** A connection in the test's hands: what is written is collected, what is received is given. */
class FakeContact {
  readonly written: Uint8Array[] = [];
  receive: (chunk: Uint8Array) => void = () => {};
  ending: Ending | undefined;
  readonly elapsedMs = 5;
  isClosed = false;
  #wake: () => void = () => {};

  write(data: Uint8Array): void {
    this.written.push(data.slice());
  }

  close(): void {
    this.isClosed = true;
  }

  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  say(chunk: Uint8Array): void {
    this.receive(chunk);
    this.#wake();
  }
}

function begin(rest: Uint8Array = new Uint8Array(0)) {
  const contact = new FakeContact();
  const handshake = { contact: contact as unknown as Contact, rest } as unknown as Handshake;
  return { contact, talk: new Talk(handshake, new Patience(20, new AbortController().signal)) };
}

const text = (words: string): Uint8Array => bytes(0x81, words.length, utf8(words));

describe("Talk", () => {
  test("a ping takes until its own pong comes; another one is none", async () => {
    const { contact, talk } = begin();
    const answered = talk.ping();
    contact.say(bytes(0x8a, 5, utf8("other")));
    contact.say(bytes(0x8a, 17, utf8("longwire doctor 1")));
    expect(await answered).toBeGreaterThanOrEqual(0);
    expect(await talk.ping()).toBeUndefined();
  });

  test("messages come in order, those behind the handshake first", async () => {
    const { contact, talk } = begin(text("one"));
    contact.say(text("two"));
    expect([await talk.next(), await talk.next(), await talk.next()]).toEqual(["one", "two", undefined]);
  });

  test("of more messages than anybody listens to the latest are kept", async () => {
    const { contact, talk } = begin();
    for (let count = 0; count < 1_000; count++) contact.say(text(String(count)));
    expect(await talk.next()).toBe(String(1_000 - 256));
    const large = bytes(hex("82 7f 00000000000f4240"), new Uint8Array(1_000_000));
    for (let count = 0; count < 20; count++) contact.say(large);
    let kept = 0;
    for (let message = await talk.next(0); message !== undefined; message = await talk.next(0)) kept += message.length;
    expect(kept).toBeLessThanOrEqual(8 * 1024 * 1024);
  });

  test("the peer's pings are answered and noted, its Close is what ends it", async () => {
    const { contact, talk } = begin();
    contact.say(hex("89 00"));
    expect(talk.peerPings).toEqual([5]);
    expect(contact.written.map((frame) => frame[0])).toEqual([0x8a]);
    expect(talk.isOver).toBe(false);
    contact.say(hex("88 02 03 e9"));
    expect([talk.isOver, talk.peerEnd]).toEqual([true, { code: 1001, reason: "", atMs: 5 }]);
  });

  test("a Close that is answered, and TCP that is left open", async () => {
    const { contact, talk } = begin();
    const closing = talk.close();
    contact.say(hex("88 02 03 e8"));
    expect(await closing).toMatchObject({ code: 1000, endedMs: undefined });
    expect(contact.isClosed).toBe(true);
    expect(await begin().talk.close()).toMatchObject({ answeredMs: undefined, code: undefined });
  });

  test("a rule that the peer breaks is told", () => {
    const { contact, talk } = begin();
    contact.say(hex("83 00"));
    expect([talk.violation, talk.peerEnd?.code]).toEqual(["The opcode is reserved.", 1002]);
  });
});
