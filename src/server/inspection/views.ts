// What one looks like from outside, as values that may be shown and stored: no secret is in them (RELIABILITY V-50). Of a request
// only its path, the query without the values of secret parameters, and the headers named here; subprotocols only once chosen,
// because clients put tokens among those they offer (V-63). Reads; changes nothing.

import type { ServerChannel } from "../../channels/server-channel.ts";
import type { TransportKind } from "../../session/way.ts";
import { headerValues } from "../client-view.ts";
import type { LineSession } from "../line-session.ts";
import type { ServerSocket } from "../peer.ts";
import { redactTarget } from "../redaction.ts";
import type { UpgradeRequest } from "../upgrade-request.ts";
import type { MessageCount } from "./message-counts.ts";

/** Whoever is at the other end. */
export interface CallerView {
  readonly remoteAddress: string;
  readonly origin: string | undefined;
  /** As the client says, at most 200 characters. */
  readonly userAgent: string | undefined;
}

/** What connections and channels have in common: they are sockets of a route. */
export interface SocketView {
  readonly id: string;
  readonly route: string;
  /** Path and query, secrets left out. */
  readonly target: string;
  readonly protocol: string;
  /** When it opened, in ms since 1970; undefined when that was before anybody looked. */
  readonly openedAt: number | undefined;
  readonly isClosing: boolean;
  readonly isPaused: boolean;
  /** Payload bytes that wait for the peer. */
  readonly bufferedBytes: number;
  readonly topicCount: number;
  /** Since somebody counts; undefined while nobody does. */
  readonly messages: MessageCount | undefined;
}

/** A plain WebSocket. */
export interface ConnectionView extends SocketView, CallerView {
  readonly kind: "connection";
  /** On its stream, handshake included. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** What it is charged in the memory budget. */
  readonly heldBytes: number;
}

/** A channel of a session. */
export interface ChannelView extends SocketView {
  readonly kind: "channel";
  /** Its number in the session. */
  readonly channel: number;
  /** What either side may still send (wire/channels-v1 §5.2). */
  readonly credit: { readonly toSend: number; readonly toReceive: number };
}

/** A session, with or without a transport. */
export interface SessionView extends CallerView {
  readonly kind: "session";
  readonly id: string;
  /** What carries it now; undefined while it waits for its client. */
  readonly transport: TransportKind | undefined;
  /** How many transports it has had. */
  readonly transportCount: number;
  /** Numbered envelopes, both ways. */
  readonly envelopesIn: number;
  readonly envelopesOut: number;
  readonly unacknowledgedCount: number;
  /** Kept until it is acknowledged. */
  readonly retainedBytes: number;
  /** What waits in its channels to leave. */
  readonly queuedBytes: number;
  /** What has arrived and is not done with. */
  readonly unconsumedBytes: number;
  /** The shortest so far; 0: unknown. */
  readonly roundTripMs: number;
  /** What it is charged in the memory budget. */
  readonly heldBytes: number;
  readonly channels: readonly ChannelView[];
}

/** What a view needs besides what it shows. */
export interface ViewSources {
  idOf(thing: object): string;
  openedAtOf(thing: object): number | undefined;
  messagesOf(socket: object): MessageCount | undefined;
  heldBytesOf(thing: object): number;
}

const MOST_AGENT_CHARACTERS = 200;

export function viewCaller(request: UpgradeRequest): CallerView {
  const { remoteAddress, origin } = request;
  // Not from `headers`: what is made for it would stay with every connection that was looked at.
  const userAgent = headerValues(request.rawHeaders, "user-agent")[0]?.slice(0, MOST_AGENT_CHARACTERS);
  return { remoteAddress, origin, userAgent };
}

function viewSocket(socket: ServerSocket, sources: ViewSources): SocketView {
  const { route, request, protocol, readyState, bufferedAmount, paused } = socket;
  return {
    id: sources.idOf(socket),
    route,
    target: redactTarget(request.target),
    protocol,
    openedAt: sources.openedAtOf(socket),
    isClosing: readyState !== socket.OPEN,
    isPaused: paused,
    bufferedBytes: bufferedAmount,
    topicCount: socket.topics.length,
    messages: sources.messagesOf(socket),
  };
}

export function viewConnection(socket: ServerSocket, sources: ViewSources): ConnectionView {
  const { received, sent } = socket.transportBytes;
  return {
    kind: "connection",
    ...viewSocket(socket, sources),
    ...viewCaller(socket.request),
    bytesIn: received,
    bytesOut: sent,
    heldBytes: sources.heldBytesOf(socket.underneath.carrier),
  };
}

/** `sockets`: by the channel under them; one without a socket is not decided about yet, or on its way out. */
export function viewSession(
  session: LineSession,
  sockets: ReadonlyMap<object, ServerSocket>,
  sources: ViewSources,
): SessionView {
  const { session: machine, mux, guest } = session;
  return {
    kind: "session",
    id: sources.idOf(session),
    transport: machine.current?.kind,
    transportCount: machine.generation,
    envelopesIn: machine.received,
    envelopesOut: machine.sent,
    unacknowledgedCount: machine.unacknowledgedCount,
    retainedBytes: machine.retainedBytes,
    queuedBytes: mux.queuedCost,
    unconsumedBytes: mux.receivedCost,
    roundTripMs: machine.roundTripMs,
    heldBytes: sources.heldBytesOf(session),
    ...viewCaller(guest.request),
    channels: mux.channels.flatMap((channel) => {
      const socket = sockets.get(channel);
      return socket === undefined ? [] : [viewChannel(channel as ServerChannel, socket, sources)];
    }),
  };
}

function viewChannel(channel: ServerChannel, socket: ServerSocket, sources: ViewSources): ChannelView {
  return { kind: "channel", ...viewSocket(socket, sources), channel: channel.id, credit: channel.credit };
}
