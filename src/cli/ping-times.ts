// How long pings took. A pong is told from those of the connection's own keepalive by its payload, and stands for every
// ping before it as well: a peer may answer the newest only (RFC 6455 §5.5.3).

interface Sent {
  readonly payload: string;
  readonly at: number;
}

/** Pings that nobody ever answers are forgotten beyond this many. */
const keptPings = 64;

export class PingTimes {
  #sent: Sent[] = [];
  #count = 0;

  /** The payload to send when the user gave none: one that no other ping has. */
  nextPayload(): string {
    this.#count += 1;
    return `longwire connect ${this.#count}`;
  }

  noteSent(payload: string, now: number): void {
    this.#sent.push({ payload, at: now });
    if (this.#sent.length > keptPings) this.#sent.shift();
  }

  /** Milliseconds since the ping with this payload; undefined when it was not one of ours. */
  takeAnswer(payload: string, now: number): number | undefined {
    const index = this.#sent.findIndex((ping) => ping.payload === payload);
    const ping = this.#sent[index];
    if (ping === undefined) return undefined;
    this.#sent = this.#sent.slice(index + 1);
    return now - ping.at;
  }
}
