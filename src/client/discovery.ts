// Finding out what kind of server answers at an origin, without a foreign one ever seeing a byte of ours (wire/session-v1 §4.1):
// dials the application's own URL with our name offered last, and believes nothing but a GREET. What was found is remembered for
// a day when the server is a plain one.

import { LINE_PROTOCOL } from "../session/packet.ts";
import * as PacketType from "../session/packet-type.ts";
import { decodePacket, isViolation } from "../session/packet-decoder.ts";
import type { SocketLike } from "../transports/websocket/client.ts";
import { Dial } from "./dial.ts";
import { PlainCarrier } from "./plain-carrier.ts";
import { probePath } from "./requests.ts";
import type { Surroundings } from "./surroundings.ts";

/** What the first contact with an origin has shown. */
export type Finding =
  | { readonly kind: "longwire"; readonly dial: Dial | undefined }
  /** The socket that found out, for whoever asked, with everything that came on it already. */
  | { readonly kind: "plain"; readonly carrier: PlainCarrier; readonly refusesOurName: boolean }
  /** `status`: somebody has answered a request with it. */
  | { readonly kind: "none"; readonly status: number | undefined };

export interface DiscoveryOptions {
  readonly surroundings: Surroundings;
  /** The application's URL and subprotocols. */
  readonly url: string;
  readonly protocols: readonly string[];
  /** Where a line would be, such as "https://example.com/longwire". */
  readonly base: string;
  /** It is known to be a plain server, and to refuse a handshake that offers our name: nobody is asked. */
  readonly refusesOurName?: boolean;
}

/** Between one question and the next, about. */
const BUSY_MS = 6_000;
const MOST_BUSY = 5;

/** Finds out, once; `receive` is called once. Returns what gives it up. */
export function discover(options: DiscoveryOptions, receive: (finding: Finding) => void): () => void {
  const { surroundings, url, protocols, base } = options;
  const { dial, clock } = surroundings;
  /** Aborted when it is found out, or nobody wants to know any more. */
  const over = new AbortController();
  const { signal } = over;
  let giveUp = (): void => {};
  let answer: Promise<boolean> | undefined;
  let status: number | undefined;
  const settle = (finding: Finding): void => {
    if (signal.aborted) return;
    over.abort();
    receive(finding);
  };
  /** Longwire, on a path that bears no WebSocket now; otherwise `otherwise`. */
  const settleIfOurs = (otherwise: () => void): void => {
    answer ??= isLongwire(surroundings, base, signal, (answered) => (status = answered));
    void answer.then((isOurs) => {
      if (!isOurs) otherwise();
      else if (!signal.aborted) {
        giveUp();
        settle({ kind: "longwire", dial: undefined });
      }
    });
  };
  const unfound = (): void => settle({ kind: "none", status });
  const opened = (socket: SocketLike): void =>
    settle({ kind: "plain", carrier: new PlainCarrier(socket, clock), refusesOurName: true });
  const probeAndDial = (): void => {
    // A browser fails a handshake in which none of the offers was chosen; without ours the same server may be content.
    let failures = 0;
    const failed = (): void => {
      if (++failures === 2) unfound();
    };
    if (dial === undefined) {
      failures++;
    } else {
      giveUp = dialPlain(options, opened, failed);
    }
    settleIfOurs(failed);
  };
  if (dial === undefined) {
    probeAndDial();
    return () => over.abort();
  }
  if (options.refusesOurName === true) {
    return dialPlain(options, opened, unfound);
  }
  const made: Dial = new Dial(
    { dial, clock, url, protocols },
    {
      receiveGreeted: () => settle({ kind: "longwire", dial: made }),
      receiveForeign: (socket, first) => {
        const carrier = new PlainCarrier(socket, clock, first);
        if (socket.protocol !== LINE_PROTOCOL || first !== undefined) {
          settle({ kind: "plain", carrier, refusesOurName: false });
          return;
        }
        // Our name, and silence: an echo of the name, or one of ours on a path that is mute.
        giveUp = () => carrier.terminate();
        settleIfOurs(() => settle({ kind: "plain", carrier, refusesOurName: false }));
      },
      receiveQuiet: () => settleIfOurs(() => {}),
      receiveFailed: probeAndDial,
    },
  );
  giveUp = () => made.close();
  return () => {
    over.abort();
    giveUp();
  };
}

function dialPlain(
  { surroundings, url, protocols }: DiscoveryOptions,
  opened: (socket: SocketLike) => void,
  failed: () => void,
): () => void {
  let socket: SocketLike;
  try {
    socket = surroundings.dial?.(url, [...protocols]) as SocketLike;
  } catch {
    failed();
    return () => {};
  }
  socket.onopen = () => opened(socket);
  socket.onclose = failed;
  socket.onerror = () => {};
  return () => {
    socket.onopen = null;
    socket.onclose = null;
    socket.close();
  };
}

/**
 * Whether a Longwire server answers requests below `base`. One that has no time now, because it drains or because something before it
 * counts requests, is asked again a little later.
 */
function isLongwire(
  surroundings: Surroundings,
  base: string,
  signal: AbortSignal,
  receiveStranger: (status: number) => void,
): Promise<boolean> {
  const { clock, random } = surroundings;
  return new Promise((resolve) => {
    const ask = async (more: number): Promise<void> => {
      const verdict = await probePath(surroundings, {
        base,
        withCookies: false,
        isHeld: false,
        signal,
        receiveStranger,
        receive: (packet) => {
          const decoded = decodePacket(packet);
          if (decoded !== "unknown" && !isViolation(decoded) && decoded.type === PacketType.greet) resolve(true);
        },
      });
      if (verdict !== "busy" || more === 0 || signal.aborted) {
        resolve(false);
        return;
      }
      const timer = clock.schedule(BUSY_MS * (0.5 + random.fraction()), () => void ask(more - 1));
      signal.addEventListener("abort", () => timer.cancel());
    };
    void ask(MOST_BUSY);
  });
}
