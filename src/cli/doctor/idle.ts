// How long a connection on which nothing is said is left alone, found by waiting. Two of them: on one we say nothing, on the
// other a little all the time. Where both end at the same age it is the age that ends them, where only the quiet one does it
// is the silence.

import { PacketType } from "../../wire/index.ts";
import type { IdleFacts } from "./facts.ts";
import { type HandshakeRequest, shakeHands } from "./handshake.ts";
import type { Patience } from "./patience.ts";
import { bodyOf, firstIsNext, Heard, hello, type LineSite, openChannel } from "./session-talk.ts";
import { Talk } from "./talk.ts";

/** How often the other one says something: much oftener than any time-out that anybody would set. */
export function busyEveryMs(idleMs: number): number {
  return Math.min(5_000, Math.max(250, idleMs / 20));
}

export async function idleOnWebSocket(
  request: HandshakeRequest,
  idleMs: number,
  patience: Patience,
): Promise<IdleFacts | undefined> {
  const quiet = await openTalk(request, patience);
  const busy = await openTalk(request, patience);
  if (quiet === undefined || busy === undefined) {
    quiet?.contact.close();
    busy?.contact.close();
    return undefined;
  }
  const startedAt = performance.now();
  const everyMs = busyEveryMs(idleMs);
  let busyEndedMs: number | undefined;
  try {
    const endsAt = startedAt + idleMs;
    while (!quiet.isOver && performance.now() < endsAt) {
      await patience.until(
        () => quiet.isOver,
        () => quiet.changed(),
        Math.min(everyMs, endsAt - performance.now()),
      );
      if (!busy.isOver) void busy.ping(everyMs).catch(() => undefined);
    }
    const quietEndedMs = quiet.isOver ? endOf(quiet) : undefined;
    // The other one is younger by the time a handshake takes.
    if (quietEndedMs !== undefined) {
      await patience.until(
        () => busy.isOver,
        () => busy.changed(),
        Math.min(2_000, 2 * everyMs),
      );
    }
    busyEndedMs = busy.isOver ? endOf(busy) : undefined;
    const code = quiet.peerEnd?.code;
    return {
      waitedMs: performance.now() - startedAt,
      busyEveryMs: everyMs,
      serverPingsMs: quiet.peerPings,
      ...(quietEndedMs === undefined ? {} : { quietEndedMs }),
      ...(busyEndedMs === undefined ? {} : { busyEndedMs }),
      ...(quietEndedMs === undefined || code === undefined ? {} : { quietCloseCode: code }),
    };
  } finally {
    for (const talk of [quiet, busy]) await talk.close(500);
  }
}

function endOf(talk: Talk): number {
  return talk.peerEnd?.atMs ?? talk.contact.ending?.atMs ?? talk.contact.elapsedMs;
}

async function openTalk(request: HandshakeRequest, patience: Patience): Promise<Talk | undefined> {
  const handshake = await shakeHands(request, patience);
  if (handshake.agreement !== undefined) return new Talk(handshake, patience);
  handshake.contact.close();
  return undefined;
}

/** The same with answers that stay open, where no WebSocket gets through. */
export async function idleOnStream(site: LineSite, idleMs: number, patience: Patience): Promise<IdleFacts | undefined> {
  const quiet = await openStream(site, patience);
  const busy = await openStream(site, patience);
  if (quiet === undefined || busy === undefined) {
    quiet?.stream.close();
    busy?.stream.close();
    return undefined;
  }
  const startedAt = performance.now();
  const everyMs = busyEveryMs(idleMs);
  const endsAt = startedAt + idleMs;
  const serverPingsMs: number[] = [];
  try {
    let channel = 2;
    while (!quiet.stream.isOver && performance.now() < endsAt) {
      const leftMs = Math.min(everyMs, endsAt - performance.now());
      const known = pingsOf(quiet.heard);
      await patience.until(
        () => quiet.stream.isOver || pingsOf(quiet.heard) > known,
        () => quiet.stream.changed(),
        leftMs,
      );
      if (pingsOf(quiet.heard) > known) serverPingsMs.push(quiet.stream.elapsedMs);
      // Each channel that is refused or accepted makes the server say so on the stream.
      if (!busy.stream.isOver) {
        const body = bodyOf({ type: PacketType.at, next: channel }, openChannel(channel++));
        void site
          .send(busy.ticket, body, new Heard())
          .whole(patience)
          .catch(() => undefined);
      }
    }
    const quietEndedMs = quiet.stream.isOver ? (quiet.stream.endMs ?? quiet.stream.elapsedMs) : undefined;
    if (quietEndedMs !== undefined) {
      await patience.until(
        () => busy.stream.isOver,
        () => busy.stream.changed(),
        Math.min(2_000, 2 * everyMs),
      );
    }
    return {
      waitedMs: performance.now() - startedAt,
      busyEveryMs: everyMs,
      serverPingsMs,
      ...(quietEndedMs === undefined ? {} : { quietEndedMs }),
      ...(busy.stream.isOver ? { busyEndedMs: busy.stream.endMs ?? busy.stream.elapsedMs } : {}),
    };
  } finally {
    quiet.stream.close();
    busy.stream.close();
  }
}

function pingsOf(heard: Heard): number {
  return heard.packets.filter(({ type }) => type === PacketType.ping).length;
}

async function openStream(site: LineSite, patience: Patience) {
  const heard = new Heard();
  const stream = site.post("stream", bodyOf(hello, firstIsNext, openChannel(1)), heard);
  await patience.until(
    () => heard.ticket !== undefined || stream.isOver,
    () => stream.changed(),
  );
  const { ticket } = heard;
  if (ticket !== undefined) {
    await site.send(ticket, bodyOf({ type: PacketType.ack, received: 0 }), new Heard()).whole(patience);
    return { stream, heard, ticket };
  }
  stream.close();
  return undefined;
}
