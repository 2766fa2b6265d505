import { describe, expect, it } from "vitest";
import { Hub, type Codec, type Subscriber } from "../../../src/hub/hub.ts";

const encoder = new TextEncoder();

function countingCodec(): Codec & { calls: number } {
  return {
    calls: 0,
    encode(data) {
      this.calls += 1;
      return typeof data === "string" ? encoder.encode(data) : data.slice();
    },
  };
}

class Listener implements Subscriber {
  readonly codec: Codec;
  readonly heard: Uint8Array[] = [];
  readonly #onDeliver: (() => void) | undefined;

  constructor(codec: Codec, onDeliver?: () => void) {
    this.codec = codec;
    this.#onDeliver = onDeliver;
  }

  get texts(): string[] {
    return this.heard.map((bytes) => new TextDecoder().decode(bytes));
  }

  deliver(encoded: Uint8Array): void {
    this.heard.push(encoded);
    this.#onDeliver?.();
  }
}

describe("a hub", () => {
  it("encodes a publication once and gives every receiver the same bytes", () => {
    const hub = new Hub(255);
    const codec = countingCodec();
    const listeners = Array.from({ length: 100 }, () => new Listener(codec));
    for (const listener of listeners) hub.subscribe("news", listener);
    expect(hub.publish("news", "hello")).toBe(100);
    expect(codec.calls).toBe(1);
    expect(new Set(listeners.map((listener) => listener.heard[0])).size).toBe(1);
  });

  it("encodes once per codec, however the codecs alternate among the subscribers", () => {
    const hub = new Hub(255);
    const codecs = [countingCodec(), countingCodec()];
    for (let index = 0; index < 10; index++) hub.subscribe("news", new Listener(codecs[index % 2] as Codec));
    hub.publish("news", "hello");
    expect(codecs.map((codec) => codec.calls)).toEqual([1, 1]);
  });

  it("encodes nothing for a topic without subscribers and returns 0", () => {
    const hub = new Hub(255);
    expect(hub.publish("nobody", "hello")).toBe(0);
    expect(hub.topicCount).toBe(0);
  });

  it("leaves out the excepted subscriber and does not count it", () => {
    const hub = new Hub(255);
    const codec = countingCodec();
    const [sender, other] = [new Listener(codec), new Listener(codec)];
    hub.subscribe("news", sender);
    hub.subscribe("news", other);
    expect(hub.publish("news", "x", sender)).toBe(1);
    expect(sender.heard).toHaveLength(0);
    expect(other.texts).toEqual(["x"]);
  });

  it("says whether a subscription or its end changed anything", () => {
    const hub = new Hub(255);
    const listener = new Listener(countingCodec());
    expect(hub.subscribe("news", listener)).toBe(true);
    expect(hub.subscribe("news", listener)).toBe(false);
    expect(hub.subscriberCount("news")).toBe(1);
    expect(hub.unsubscribe("news", listener)).toBe(true);
    expect(hub.unsubscribe("news", listener)).toBe(false);
  });

  it("V-26 keeps no entry for an empty topic nor for a dropped subscriber", () => {
    const hub = new Hub(255);
    const listener = new Listener(countingCodec());
    hub.subscribe("a", listener);
    hub.subscribe("b", listener);
    hub.unsubscribe("a", listener);
    expect([...hub.topicsOf(listener)]).toEqual(["b"]);
    expect(hub.topicCount).toBe(1);
    hub.drop(listener);
    expect(hub.topicCount).toBe(0);
    expect(hub.topicCountOf(listener)).toBe(0);
    expect([...hub.topicsOf(listener)]).toEqual([]);
  });

  it("V-31 treats names of object members as plain topics", () => {
    const hub = new Hub(255);
    for (const topic of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      const listener = new Listener(countingCodec());
      expect(hub.subscriberCount(topic)).toBe(0);
      hub.subscribe(topic, listener);
      expect(hub.publish(topic, topic)).toBe(1);
      expect(listener.texts).toEqual([topic]);
      hub.drop(listener);
      expect(hub.publish(topic, topic)).toBe(0);
    }
  });

  it("does not deliver to a subscriber that left during the delivery", () => {
    const hub = new Hub(255);
    const codec = countingCodec();
    const later = new Listener(codec);
    hub.subscribe("news", new Listener(codec, () => hub.drop(later)));
    hub.subscribe("news", later);
    expect(hub.publish("news", "x")).toBe(1);
    expect(later.heard).toHaveLength(0);
  });

  it("delivers only the next publication to a subscriber that joined during the delivery", () => {
    const hub = new Hub(255);
    const codec = countingCodec();
    const late = new Listener(codec);
    hub.subscribe("news", new Listener(codec, () => void hub.subscribe("news", late)));
    expect(hub.publish("news", "first")).toBe(1);
    expect(hub.publish("news", "second")).toBe(2);
    expect(late.texts).toEqual(["second"]);
  });

  it("lets every receiver hear a publication made during a delivery after the one under way", () => {
    const hub = new Hub(255);
    const codec = countingCodec();
    const listeners: Listener[] = [];
    let answered = false;
    const bytes = encoder.encode("answer");
    listeners.push(
      new Listener(codec, () => {
        if (answered) return;
        answered = true;
        expect(hub.publish("news", bytes)).toBe(2);
        // Whoever publishes may reuse the bytes at once.
        bytes.fill(0);
      }),
      new Listener(codec),
    );
    for (const listener of listeners) hub.subscribe("news", listener);
    hub.publish("news", "question");
    for (const listener of listeners) expect(listener.texts).toEqual(["question", "answer"]);
  });

  it("refuses topic names that are empty, too long in bytes, or no strings", () => {
    const hub = new Hub(6);
    const listener = new Listener(countingCodec());
    expect(hub.subscribe("öäü", listener)).toBe(true);
    for (const name of ["", "öäüx", "1234567", 5 as unknown as string]) {
      expect(() => hub.subscribe(name, listener)).toThrow(expect.objectContaining({ code: "LW_HUB_TOPIC_NAME" }));
      expect(() => hub.publish(name, "x")).toThrow(expect.objectContaining({ code: "LW_HUB_TOPIC_NAME" }));
    }
    expect(hub.topicCount).toBe(1);
  });
});
