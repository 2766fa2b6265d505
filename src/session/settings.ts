// The numbers of wire/session-v1: how long and how much. Times in milliseconds. Tests and simulations make them smaller;
// nothing here is decided at run time.

export interface SessionSettings {
  /** Outbox: charged bytes, and packets, per direction. One packet may cross the first bound. */
  readonly retainBytes: number;
  readonly retainPackets: number;
  /** A link with this much unsent gets no more. */
  readonly roomBytes: number;
  /** How long a session without a transport is kept. */
  readonly windowMs: number;
  /** How long one that its client never confirmed is kept. */
  readonly orphanMs: number;
  /** A link on which nothing came for so long, ± 10 %, is pinged. */
  readonly heartbeatMs: number;
  /** And dropped when for so long nothing at all comes after it. */
  readonly silenceMs: number;
  /** A client that doubts its transport waits so long for an answer to its own PING. */
  readonly probeMs: number;
  /** A way made of requests without one for so long is lost. */
  readonly requestGapMs: number;
  /** A transport that says neither HELLO nor RESUME is dropped after this time, or after so many packets. */
  readonly openingMs: number;
  readonly openingPackets: number;
  /** What may come behind a HELLO or RESUME while it is being judged. */
  readonly openingBytes: number;
  /** A principal whose admission has lapsed has this long to renew it. */
  readonly authGraceMs: number;
  /** When an ACK is owed over a link: often, because it costs two bytes. */
  readonly linkAck: AckPace;
  /** And where each costs a request. */
  readonly requestAck: AckPace;
}

/** After how much, or how long after the first of it, an acknowledgement is owed. */
export interface AckPace {
  readonly packets: number;
  readonly bytes: number;
  readonly delayMs: number;
}

const KiB = 1024;

export const defaultSettings: SessionSettings = {
  retainBytes: 1024 * KiB,
  retainPackets: 1_000,
  roomBytes: 16 * KiB,
  windowMs: 120_000,
  orphanMs: 15_000,
  heartbeatMs: 20_000,
  silenceMs: 15_000,
  probeMs: 3_000,
  requestGapMs: 35_000,
  openingMs: 10_000,
  openingPackets: 3,
  openingBytes: 16 * KiB,
  authGraceMs: 30_000,
  linkAck: { packets: 32, bytes: 64 * KiB, delayMs: 1_000 },
  requestAck: { packets: 128, bytes: 256 * KiB, delayMs: 5_000 },
};
