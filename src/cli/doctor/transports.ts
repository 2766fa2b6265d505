// Whether a Longwire server answers, and which transports of a session get through (wire/session-v1 §4): each is opened, made
// to carry something both ways, and left. What a path does to answers shows in when their pieces come.

import { encodePacket, LINE_PROTOCOL, PacketType, WIRE_VERSION } from "../../wire/index.ts";
import type { LineFacts, TransportFacts } from "./facts.ts";
import { type HandshakeRequest, shakeHands } from "./handshake.ts";
import type { Inquiry } from "./http-request.ts";
import type { Patience } from "./patience.ts";
import { bodyOf, farewell, firstIsNext, Heard, hello, type LineSite, openChannel } from "./session-talk.ts";
import { Talk } from "./talk.ts";

/** A server holds the answer to a probe for two seconds; what takes less was not held. */
const heldMs = 1_500;
/** A server of ours that has been admitted speaks first, in the same write as the 101. */
const greetMs = 3_000;
const pingToken = 7;
const ping = bodyOf({ type: PacketType.ping, token: 1 });

type Probe = Pick<LineFacts, "isLongwire" | "status" | "fault">;

/** Asks who is there; no session is touched. */
export async function askWhoIsThere(site: LineSite, patience: Patience): Promise<Probe> {
  const heard = new Heard();
  const inquiry = await site.post("probe", ping, heard, [["Prefer", "wait=0"]]).whole(patience);
  if (heard.find(PacketType.greet) !== undefined) return { isLongwire: true };
  return { isLongwire: false, ...statusOf(inquiry), ...(inquiry.fault === undefined ? {} : { fault: inquiry.fault }) };
}

/** Whether an answer comes through while it is still open. */
export async function probeHeld(site: LineSite, patience: Patience): Promise<NonNullable<LineFacts["probe"]>> {
  const heard = new Heard();
  const inquiry = await site.post("probe", ping, heard).whole(patience, Math.max(patience.stepMs, 2 * heldMs));
  const { firstMs, endMs } = inquiry;
  if (inquiry.status === 429 || inquiry.status === 503) return "busy";
  if (firstMs === undefined || endMs === undefined || heard.find(PacketType.greet) === undefined) return "none";
  if (endMs - firstMs >= heldMs) return "streams";
  // One that was not held, because too many were, says nothing.
  return firstMs >= heldMs ? "buffers" : "busy";
}

export async function tryWebSocket(request: HandshakeRequest, patience: Patience): Promise<TransportFacts> {
  const startedAt = performance.now();
  const handshake = await shakeHands({ ...request, protocols: [LINE_PROTOCOL] }, patience);
  const { contact, agreement, head, fault } = handshake;
  if (agreement === undefined) {
    contact.close();
    const status = head?.status;
    return {
      works: false,
      ...(status === undefined ? {} : { status }),
      fault: fault?.message ?? "no WebSocket came about",
    };
  }
  const talk = new Talk(handshake, patience);
  const heard = new Heard();
  try {
    if (!(await hear(talk, heard, PacketType.greet, greetMs))) {
      return { works: false, status: 101, fault: "nothing came after the 101" };
    }
    talk.send(encodePacket(hello));
    if (!(await hear(talk, heard, PacketType.welcome, patience.stepMs))) {
      const code = talk.peerEnd?.code;
      const isRefused = code === 4401 || code === 4403;
      return { works: false, isRefused, fault: code === undefined ? "HELLO was not answered" : `closed with ${code}` };
    }
    const openMs = performance.now() - startedAt;
    talk.send(encodePacket({ type: PacketType.ack, received: 0 }));
    const sentAt = performance.now();
    talk.send(encodePacket({ type: PacketType.ping, token: pingToken }));
    const works = await hear(talk, heard, PacketType.pong, patience.stepMs);
    const roundTripMs = performance.now() - sentAt;
    talk.send(encodePacket(farewell));
    return works ? { works, openMs, roundTripMs } : { works, openMs, fault: "PING was not answered" };
  } finally {
    await talk.close(1_000);
  }
}

async function hear(talk: Talk, heard: Heard, type: number, ms: number): Promise<boolean> {
  const has = (): boolean => heard.packets.some((packet) => packet.type === type);
  const endsAt = performance.now() + ms;
  while (!has()) {
    const message = await talk.next(Math.max(0, endsAt - performance.now()));
    if (message === undefined) return false;
    if (typeof message !== "string") heard.takeMessage(message);
  }
  return true;
}

/** A stream is opened together with a channel, so that its answer has two pieces: some let only the second through. */
export async function tryStream(site: LineSite, patience: Patience): Promise<TransportFacts> {
  const heard = new Heard();
  const stream = site.post("stream", bodyOf(hello, firstIsNext, openChannel(1)), heard);
  const changed = (): Promise<void> => stream.changed();
  try {
    await patience.until(() => heard.ticket !== undefined || stream.isOver, changed);
    const { ticket } = heard;
    if (ticket === undefined) return notOpened(stream);
    const openMs = stream.firstMs ?? stream.elapsedMs;
    const sent = new Heard();
    const inquiry = site.send(ticket, bodyOf({ type: PacketType.ack, received: 0 }, pingPacket), sent);
    await inquiry.whole(patience);
    if (inquiry.status !== 200) return { works: false, openMs, ...failure(inquiry, "a POST beside it") };
    const roundTripMs = inquiry.endMs ?? inquiry.elapsedMs;
    const works = await patience.until(() => heard.dataCount > 0 || stream.isOver, changed);
    const received = heard.dataCount;
    await site.send(ticket, bodyOf({ type: PacketType.ack, received }, farewell), new Heard()).whole(patience, 1_000);
    if (!works || received === 0) return { works: false, openMs, fault: "nothing came on it after its first packet" };
    return { works: true, openMs, roundTripMs };
  } finally {
    stream.close();
  }
}

const pingPacket = { type: PacketType.ping, token: pingToken } as const;

/** What polling shows beside whether it works: whether something sends each POST twice, and what a session may carry. */
export interface PollFacts {
  readonly transport: TransportFacts;
  readonly repeatsPosts?: boolean;
  readonly maxMessageBytes?: number;
}

/** `waitSeconds` 0: polling; otherwise long polling. */
export async function tryPolling(site: LineSite, waitSeconds: number, patience: Patience): Promise<PollFacts> {
  const heard = new Heard();
  const open = await site.post("open", bodyOf(hello), heard).whole(patience);
  const welcome = heard.find(PacketType.welcome);
  if (welcome === undefined) return { transport: notOpened(open) };
  const openMs = open.endMs ?? open.elapsedMs;
  const { ticket, maxMessageBytes } = welcome;
  const answers = new Heard();
  let held = site.poll(ticket, 0, waitSeconds, answers);
  const sentAt = performance.now();
  // With the ticket that WELCOME brought the session is confirmed; the channel makes the server say something.
  const sent = await site.send(ticket, bodyOf(firstIsNext, openChannel(1)), new Heard()).whole(patience);
  if (sent.status !== 200) {
    held.close();
    return { transport: { works: false, openMs, ...failure(sent, "POST /send") }, maxMessageBytes };
  }
  for (let round = 0; answers.dataCount === 0 && round < 5; round++) {
    if (round > 0) {
      await patience.pass(100);
      held = site.poll(ticket, 0, waitSeconds, answers);
    }
    await held.whole(patience);
    if (held.fault !== undefined || (held.status !== 200 && held.status !== 204)) break;
  }
  const roundTripMs = performance.now() - sentAt;
  if (answers.dataCount === 0) {
    return { transport: { works: false, openMs, ...failure(held, "GET /poll") }, maxMessageBytes };
  }
  const repeatsPosts = waitSeconds === 0 ? undefined : await resumeOnce(site, ticket, answers.dataCount, patience);
  await site.send(ticket, bodyOf(farewell), new Heard()).whole(patience, 1_000);
  return {
    transport: { works: true, openMs, roundTripMs },
    maxMessageBytes,
    ...(repeatsPosts === undefined ? {} : { repeatsPosts }),
  };
}

/**
 * Resumes with an attempt that the server has not seen. That it has seen it, 409, means that somebody has sent the same
 * request before us (wire/session-v1 §3.1: the second copy is refused, and its answer is the one that comes back).
 */
async function resumeOnce(
  site: LineSite,
  ticket: Uint8Array,
  received: number,
  patience: Patience,
): Promise<boolean | undefined> {
  const heard = new Heard();
  const resume = {
    type: PacketType.resume,
    version: WIRE_VERSION,
    ticket,
    attempt: 2,
    received,
    token: nothing,
  } as const;
  const inquiry = await site.post("open", bodyOf(resume), heard).whole(patience);
  const resumed = heard.find(PacketType.resumed);
  if (resumed !== undefined) {
    await site.send(resumed.ticket, bodyOf(farewell), new Heard()).whole(patience, 1_000);
    return false;
  }
  return inquiry.status === 409 ? true : undefined;
}

const nothing = new Uint8Array(0);

function notOpened(inquiry: Inquiry): TransportFacts {
  const isRefused = inquiry.status === 401 || inquiry.status === 403;
  return { works: false, isRefused, ...failure(inquiry, "the request") };
}

function failure(inquiry: Inquiry, what: string): Pick<TransportFacts, "status" | "fault"> {
  const { status, fault } = inquiry;
  if (status !== undefined && status !== 200) return { status, fault: `${what} was answered ${status}` };
  return { ...statusOf(inquiry), fault: `${what}: ${fault ?? "nothing came in time"}` };
}

function statusOf({ status }: Inquiry): { readonly status?: number } {
  return status === undefined ? {} : { status };
}
