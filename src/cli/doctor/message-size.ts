// The largest message that a path and the server behind it take, found by sending larger and larger ones: twice as much each
// time, then between the last that was taken and the first that was not. A ping behind each message tells that it was read.
// The messages reach the application: who asks for this knows what he sends to.

import type { MessageSizeFacts } from "./facts.ts";
import { type HandshakeRequest, shakeHands } from "./handshake.ts";
import type { Patience } from "./patience.ts";
import { Talk } from "./talk.ts";

const firstBytes = 1_024;
/** How often it is looked between two sizes. */
const mostSteps = 12;

interface Try {
  readonly isTaken: boolean;
  readonly code: number | undefined;
}

export async function probeMessageSize(
  request: HandshakeRequest,
  mostBytes: number,
  patience: Patience,
): Promise<MessageSizeFacts | undefined> {
  const prober = new Prober(request, mostBytes, patience);
  try {
    let taken = 0;
    let refused: number | undefined;
    let code: number | undefined;
    const attempt = async (bytes: number): Promise<boolean | undefined> => {
      const outcome = await prober.attempt(bytes);
      if (outcome?.isTaken === true) taken = Math.max(taken, bytes);
      else if (outcome !== undefined) [refused, code] = [Math.min(bytes, refused ?? bytes), outcome.code ?? code];
      return outcome?.isTaken;
    };
    for (let bytes = Math.min(firstBytes, mostBytes); refused === undefined; bytes = Math.min(2 * bytes, mostBytes)) {
      if ((await attempt(bytes)) === undefined) return undefined;
      if (bytes === mostBytes) break;
    }
    // Limits are round numbers more often than not.
    if (refused !== undefined && taken > 0 && taken + 1 < refused) await attempt(taken + 1);
    for (let step = 0; refused !== undefined && refused - taken > 1 && step < mostSteps; step++) {
      if ((await attempt(taken + Math.floor((refused - taken) / 2))) === undefined) break;
    }
    return {
      takenBytes: taken,
      ...(refused === undefined ? {} : { refusedBytes: refused }),
      ...(code === undefined ? {} : { code }),
    };
  } finally {
    await prober.close();
  }
}

class Prober {
  readonly #request: HandshakeRequest;
  readonly #patience: Patience;
  readonly #mostBytes: number;
  #talk: Talk | undefined;

  constructor(request: HandshakeRequest, mostBytes: number, patience: Patience) {
    this.#request = request;
    this.#mostBytes = mostBytes;
    this.#patience = patience;
  }

  /** Undefined: no connection came about, so nothing is known. */
  async attempt(bytes: number): Promise<Try | undefined> {
    const talk = this.#talk ?? (await this.#open());
    if (talk === undefined) return undefined;
    this.#talk = talk;
    talk.send(new Uint8Array(bytes));
    // A second for each MiB, on top of what a step has.
    const isTaken = (await talk.ping(this.#patience.stepMs + bytes / 1_048)) !== undefined;
    if (isTaken && !talk.isOver) return { isTaken, code: undefined };
    this.#talk = undefined;
    const code = talk.peerEnd?.code;
    talk.contact.close();
    return { isTaken: false, code };
  }

  async #open(): Promise<Talk | undefined> {
    const handshake = await shakeHands(this.#request, this.#patience);
    if (handshake.agreement === undefined) {
      handshake.contact.close();
      return undefined;
    }
    // An echo sends it all back.
    return new Talk(handshake, this.#patience, { maxMessageBytes: this.#mostBytes });
  }

  async close(): Promise<void> {
    await this.#talk?.close(1_000).catch(() => undefined);
    this.#talk?.contact.close();
  }
}
