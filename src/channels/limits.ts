// The bounds of the channels of one session (wire/channels-v1 §5.2, §5.4; RELIABILITY V-61, P-123). Enforces nothing itself.

export interface ChannelLimits {
  /** The sum that windows keep to, once there is more than one. */
  readonly creditBytes: number;
  readonly maxMessageBytes: number;
  /** What may wait to be sent, in all channels together. */
  readonly retainBytes: number;
  /** What may wait in one channel before its sends report pressure. */
  readonly bufferBytes: number;
  /** What may wait in one channel before its handler, whose replies it is, gets no further message. */
  readonly replyBytes: number;
  readonly maxChannels: number;
  readonly opensPerSecond: number;
  readonly openBurst: number;
  readonly maxUndecided: number;
  readonly closeTimeoutMs: number;
  /** How long a closed channel waits for a handler before its owner is told. */
  readonly handlerTimeoutMs: number;
}

export const channelLimits: ChannelLimits = {
  creditBytes: 1024 * 1024,
  maxMessageBytes: 1024 * 1024,
  retainBytes: 1024 * 1024,
  bufferBytes: 64 * 1024,
  replyBytes: 64 * 1024,
  maxChannels: 64,
  opensPerSecond: 50,
  openBurst: 64,
  maxUndecided: 16,
  closeTimeoutMs: 5_000,
  handlerTimeoutMs: 60_000,
};
