// What a runtime does better than portable code, behind one object. Portable by default, so the pure floors run in any
// browser; socket/ replaces members once, at import, with Node's. Holds no state besides the members themselves.

export interface Platform {
  /** Whether `bytes` is complete, valid UTF-8. */
  isUtf8(bytes: Uint8Array): boolean;
  /** `bytes[start, end)` as text, each byte one character. */
  decodeLatin1(bytes: Uint8Array, start: number, end: number): string;
  /** `bytes[start, end)` as text; the bytes are known to be valid UTF-8. A leading BOM is kept. */
  decodeUtf8(bytes: Uint8Array, start: number, end: number): string;
  /** `bytes[start, end)` as text; undefined when it is not complete, valid UTF-8. */
  decodeText(bytes: Uint8Array, start: number, end: number): string | undefined;
  /** How many bytes `text` has as UTF-8; a lone surrogate counts 3 (U+FFFD). */
  utf8Length(text: string): number;
  /** Writes `text` as UTF-8 at `at`; the room is large enough. Lone surrogates become U+FFFD. Returns the bytes written. */
  encodeUtf8Into(text: string, target: Uint8Array, at: number): number;
  /** A buffer of its own for `bytes` bytes. Its content is arbitrary: whoever asks must write before showing it. */
  allocate(bytes: number): Uint8Array;
  /** The same for what is on its way out: it may lie in one buffer with other memory. */
  allocateShared(bytes: number): Uint8Array;
  /** Calls `run` once no microtask waits any more: the checkpoint that browsers make between two events. In order. */
  afterMicrotasks(run: () => void): void;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/** Runs what it is given as tasks, in order, without the delay that browsers give to timers and to pages out of sight. */
function createTaskQueue(): (run: () => void) => void {
  const waiting: (() => void)[] = [];
  let wake: (() => void) | undefined;
  return (run) => {
    waiting.push(run);
    if (wake === undefined) {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => waiting.shift()?.();
      // Like the clock's timers, it does not keep a process alive by itself.
      port1.unref?.();
      wake = () => port2.postMessage(undefined);
    }
    wake();
  };
}

const portable: Platform = {
  isUtf8(bytes) {
    try {
      strictDecoder.decode(bytes);
      return true;
    } catch {
      return false;
    }
  },
  decodeLatin1: (bytes, start, end) =>
    Array.from(bytes.subarray(start, end), (byte) => String.fromCharCode(byte)).join(""),
  decodeUtf8: (bytes, start, end) => decoder.decode(bytes.subarray(start, end)),
  decodeText: (bytes, start, end) =>
    platform.isUtf8(bytes.subarray(start, end)) ? platform.decodeUtf8(bytes, start, end) : undefined,
  utf8Length: (text) => encoder.encode(text).length,
  encodeUtf8Into: (text, target, at) => encoder.encodeInto(text, target.subarray(at)).written,
  allocate: (bytes) => new Uint8Array(bytes),
  allocateShared: (bytes) => new Uint8Array(bytes),
  afterMicrotasks: createTaskQueue(),
};

/** The members in force. Read them at the call, never at import. */
export const platform: Platform = { ...portable };

/** Puts a runtime's own members in. Called once, by the floor that knows the runtime. */
export function replacePlatform(members: Partial<Platform>): void {
  Object.assign(platform, members);
}

declare const MessageChannel: new () => {
  readonly port1: { onmessage: (() => void) | null; unref?: () => void };
  readonly port2: { postMessage(message: undefined): void };
};
