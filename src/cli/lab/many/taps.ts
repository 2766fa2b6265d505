// What the server's inspection tells of one session and of one plain connection, in the few words that the page draws: what passed, in its
// order, and what each channel may still send. Holds little: who does not fetch it loses it.
import type { ChannelView, LongwireServer, ServerSocket, Tap, TapEntry } from "../../../server/index.ts";
import { type ChannelCredit, type Passed, type Stream, streams, type Way } from "./wire.ts";

/** Between two reports; more than a quick network carries in that time. */
const mostKept = 800;

export class Taps {
  readonly #server: LongwireServer;
  readonly #taps = new Map<Way, { readonly id: string; readonly tap: Tap }>();
  #passed: Record<Way, Passed[]> = { session: [], plain: [] };
  /** Of the session that is watched. */
  readonly #streamOf = new Map<number, Stream>();

  constructor(server: LongwireServer) {
    this.#server = server;
  }

  /** Watches whatever carries `socket` from now on, as the server's end of `way`; what was watched before is let go. */
  watch(way: Way, socket: ServerSocket): void {
    const { inspection } = this.#server;
    const id = inspection.idOf(socket);
    const before = this.#taps.get(way);
    if (id === undefined || before?.id === id) return;
    before?.tap.stop();
    if (way === "session") this.#streamOf.clear();
    // The plain connection says in each message what it belongs to: so much of it is looked at.
    const tap = inspection.tap(id, (entry) => this.#note(way, entry), { payloadBytes: way === "plain" ? 24 : 0 });
    if (tap !== undefined) this.#taps.set(way, { id, tap });
  }

  /** What passed since the last call. */
  take(): Readonly<Record<Way, readonly Passed[]>> {
    const passed = this.#passed;
    this.#passed = { session: [], plain: [] };
    return passed;
  }

  /** Of the channels that are open. */
  credits(): ChannelCredit[] {
    const view = this.#server.inspection.find(this.#taps.get("session")?.id ?? "");
    if (view?.kind !== "session") return [];
    return view.channels.flatMap((channel) => {
      const stream = streamIn(channel);
      if (stream === undefined) return [];
      this.#streamOf.set(channel.channel, stream);
      return [{ stream, channel: channel.channel, down: channel.credit.toSend, up: channel.credit.toReceive }];
    });
  }

  stop(): void {
    for (const { tap } of this.#taps.values()) tap.stop();
    this.#taps.clear();
  }

  #note(way: Way, entry: TapEntry): void {
    const passed = this.#passed[way];
    if (passed.length >= mostKept) return;
    if (entry.kind === "packet") {
      const { envelope } = entry;
      passed.push({
        isDown: entry.direction === "out",
        stream: envelope?.channel === undefined ? undefined : this.#streamOf.get(envelope.channel),
        name: envelope?.name ?? entry.name,
        bytes: entry.bytes,
      });
    } else if (entry.kind === "frame") {
      const { name, payload, bytes } = entry;
      const said = /^\{"to":"(\w+)"/.exec(payload.text ?? "")?.[1];
      const stream = name === "binary" ? "transfer" : streams.find((known) => known === said);
      passed.push({ isDown: entry.direction === "out", stream, name, bytes });
    }
  }
}

function streamIn({ target }: ChannelView): Stream | undefined {
  const [, , name] = target.split("/");
  return streams.find((stream) => stream === name);
}
