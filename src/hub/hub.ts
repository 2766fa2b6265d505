// Who listens to which topic, and what they hear: the publish/subscribe of one process. A publication becomes bytes once
// per codec and every receiver gets the same bytes. Keeps no history and no presence, and knows nothing of sockets: a
// subscriber is whatever can deliver. Driven by server/.

import { LocalError } from "../base/errors.ts";
import { platform } from "../base/platform.ts";

/** Turns a publication into the bytes a kind of subscriber wants. Compared by identity: one object per kind. */
export interface Codec {
  encode(data: string | Uint8Array): Uint8Array;
}

export interface Subscriber {
  readonly codec: Codec;
  /** Takes one publication. The bytes are shared with all other receivers: never written to. Does not throw. */
  deliver(encoded: Uint8Array): void;
}

interface Topic {
  readonly members: Set<Subscriber>;
  /** The members as a list, made when first needed after a change. */
  list: readonly Subscriber[] | undefined;
}

interface Publication {
  readonly topic: string;
  readonly data: string | Uint8Array;
  readonly except: Subscriber | undefined;
}

export class Hub {
  readonly #maxTopicBytes: number;
  readonly #topics = new Map<string, Topic>();
  readonly #subscriptions = new Map<Subscriber, Set<string>>();
  /** Publications made from inside a delivery; undefined while none is under way. */
  #waiting: Publication[] | undefined;

  constructor(maxTopicBytes: number) {
    this.#maxTopicBytes = maxTopicBytes;
  }

  get topicCount(): number {
    return this.#topics.size;
  }

  subscriberCount(topic: string): number {
    return this.#topics.get(topic)?.members.size ?? 0;
  }

  /** The topics `subscriber` listens to, in the order of subscribing. */
  topicsOf(subscriber: Subscriber): Iterable<string> {
    return this.#subscriptions.get(subscriber)?.values() ?? [];
  }

  topicCountOf(subscriber: Subscriber): number {
    return this.#subscriptions.get(subscriber)?.size ?? 0;
  }

  // --- inward ---

  /** False if it listens already. Throws LocalError LW_HUB_TOPIC_NAME for a name that is empty or too long. */
  subscribe(topic: string, subscriber: Subscriber): boolean {
    this.#checkName(topic);
    let entry = this.#topics.get(topic);
    if (entry === undefined) {
      entry = { members: new Set(), list: undefined };
      this.#topics.set(topic, entry);
    } else if (entry.members.has(subscriber)) {
      return false;
    }
    entry.members.add(subscriber);
    entry.list = undefined;
    const topics = this.#subscriptions.get(subscriber);
    if (topics === undefined) this.#subscriptions.set(subscriber, new Set([topic]));
    else topics.add(topic);
    return true;
  }

  /** False if it did not listen. */
  unsubscribe(topic: string, subscriber: Subscriber): boolean {
    if (!this.#leave(topic, subscriber)) return false;
    const topics = this.#subscriptions.get(subscriber);
    topics?.delete(topic);
    if (topics?.size === 0) this.#subscriptions.delete(subscriber);
    return true;
  }

  /** Ends all its subscriptions. */
  drop(subscriber: Subscriber): void {
    const topics = this.#subscriptions.get(subscriber);
    if (topics === undefined) return;
    this.#subscriptions.delete(subscriber);
    for (const topic of topics) this.#leave(topic, subscriber);
  }

  // --- outward ---

  /**
   * Delivers `data` to everyone who listens now, but `except`, and returns how many they are. Who leaves before its turn
   * gets nothing; who joins meanwhile gets the next. A publication made from inside a delivery is delivered after the one
   * under way, so all receivers hear both in the same order.
   */
  publish(topic: string, data: string | Uint8Array, except?: Subscriber): number {
    this.#checkName(topic);
    if (this.#waiting !== undefined) {
      const members = this.#topics.get(topic)?.members;
      if (members === undefined) return 0;
      // The caller may write to its bytes again once this has returned.
      this.#waiting.push({ topic, data: typeof data === "string" ? data : data.slice(), except });
      return members.size - (except !== undefined && members.has(except) ? 1 : 0);
    }
    if (!this.#topics.has(topic)) return 0;
    const waiting: Publication[] = [];
    this.#waiting = waiting;
    try {
      const count = this.#deliver(topic, data, except);
      for (const next of waiting) this.#deliver(next.topic, next.data, next.except);
      return count;
    } finally {
      this.#waiting = undefined;
    }
  }

  #deliver(topic: string, data: string | Uint8Array, except: Subscriber | undefined): number {
    const entry = this.#topics.get(topic);
    if (entry === undefined) return 0;
    const list = (entry.list ??= [...entry.members]);
    let lastCodec: Codec | undefined;
    let lastBytes: Uint8Array | undefined;
    const encoded = new Map<Codec, Uint8Array>();
    let count = 0;
    for (const subscriber of list) {
      // The list stays as it is while members come and go; it is replaced only by a later publication.
      if (subscriber === except || (entry.list !== list && !entry.members.has(subscriber))) continue;
      const { codec } = subscriber;
      if (codec !== lastCodec || lastBytes === undefined) {
        lastCodec = codec;
        lastBytes = encoded.get(codec);
        if (lastBytes === undefined) {
          lastBytes = codec.encode(data);
          encoded.set(codec, lastBytes);
        }
      }
      subscriber.deliver(lastBytes);
      count += 1;
    }
    return count;
  }

  #leave(topic: string, subscriber: Subscriber): boolean {
    const entry = this.#topics.get(topic);
    if (entry === undefined || !entry.members.delete(subscriber)) return false;
    entry.list = undefined;
    if (entry.members.size === 0) this.#topics.delete(topic);
    return true;
  }

  #checkName(topic: string): void {
    if (typeof topic === "string" && topic.length > 0) {
      // At most three bytes per unit: most names need no counting.
      if (topic.length * 3 <= this.#maxTopicBytes) return;
      if (topic.length <= this.#maxTopicBytes && platform.utf8Length(topic) <= this.#maxTopicBytes) return;
    }
    throw new LocalError(
      "LW_HUB_TOPIC_NAME",
      `A topic is a string of 1 to ${this.#maxTopicBytes} bytes; this one is ${describe(topic)}.`,
    );
  }
}

function describe(topic: unknown): string {
  if (typeof topic !== "string") return `of type ${typeof topic}`;
  return topic.length === 0 ? "empty" : `${platform.utf8Length(topic)} bytes long`;
}
