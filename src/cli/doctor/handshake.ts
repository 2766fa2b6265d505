// The opening handshake as an examination: everything about the answer is kept, also of one that no client would take. RFC
// 6455 §4.1. The words and the judgement are the engine's own, so the doctor takes what a Longwire client would take.

import {
  type Agreement,
  createHandshakeKey,
  formatDialRequest,
  judgeResponse,
  resolveLimits,
  type ResponseHead,
  ResponseHeadReader,
  systemRandom,
  type WebSocketUrl,
} from "../../protocol/index.ts";
import { Contact, type Destination } from "./contact.ts";
import type { Patience } from "./patience.ts";

export interface HandshakeRequest {
  readonly url: WebSocketUrl;
  readonly insecure: boolean;
  readonly protocols: readonly string[];
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The value of Sec-WebSocket-Extensions. */
  readonly extensions?: string;
}

export interface Handshake {
  readonly contact: Contact;
  /** The lines that were sent, without their line ends. */
  readonly request: readonly string[];
  /** From the request to the end of the answer's head. */
  readonly answeredMs: number | undefined;
  readonly head: ResponseHead | undefined;
  /** Why what came is no answer to an opening handshake. */
  readonly fault: { readonly code: string; readonly message: string } | undefined;
  /** Undefined: no WebSocket came about. */
  readonly agreement: Agreement | undefined;
  /** What the server answered to the extensions that were offered; "" for none. */
  readonly extensions: string;
  /** The first bytes behind the head. */
  readonly rest: Uint8Array;
}

const restOfBodyMs = 500;
const mostBodyBytes = 64 * 1024;

/** Connects and asks. Resolves whatever happens, within the patience of a step for each of the two. */
export async function shakeHands(request: HandshakeRequest, patience: Patience): Promise<Handshake> {
  const { url, insecure, protocols, headers, extensions } = request;
  const destination: Destination = { secure: url.secure, hostname: url.hostname, port: url.port, insecure };
  const key = createHandshakeKey(systemRandom);
  const plain = formatDialRequest({ url, key, protocols, headers });
  const text =
    extensions === undefined ? plain : `${plain.slice(0, -2)}Sec-WebSocket-Extensions: ${extensions}\r\n\r\n`;
  const contact = new Contact(destination);
  patience.hold(contact);
  const lines = text.trimEnd().split("\r\n");
  const changed = (): Promise<void> => contact.changed();
  try {
    await patience.until(() => contact.isReady || contact.ending !== undefined, changed);
    const reader = new ResponseHeadReader(resolveLimits("default"));
    const sentAt = performance.now();
    let received: ReturnType<ResponseHeadReader["receive"]> = "more";
    let answeredMs: number | undefined;
    const body: Uint8Array[] = [];
    let bodyBytes = 0;
    contact.receive = (chunk) => {
      if (received !== "more") {
        // Before anybody reads on, nothing of a good server's comes here: what goes on and on is nobody's body.
        if ((bodyBytes += chunk.length) <= mostBodyBytes) body.push(chunk);
        else contact.close();
        return;
      }
      received = reader.receive(chunk);
      if (received !== "more") answeredMs = performance.now() - sentAt;
    };
    if (contact.isReady) contact.write(text);
    const isAnswered = (): boolean => received !== "more";
    await patience.until(() => isAnswered() || contact.ending !== undefined, changed);
    const outcome = { contact, request: lines, answeredMs };
    const answer = received as ReturnType<ResponseHeadReader["receive"]>;
    if (answer === "more" || "closeCode" in answer) {
      const fault = answer === "more" ? unanswered(contact) : answer;
      return { ...outcome, head: undefined, fault, agreement: undefined, extensions: "", rest: new Uint8Array(0) };
    }
    const { head } = answer;
    const agreed = head.headers.filter(([name]) => name.toLowerCase() === "sec-websocket-extensions");
    // The judge knows of no extension that was offered: the doctor offers one only to see what is answered.
    const judged = judgeResponse(
      { ...head, headers: head.headers.filter((header) => extensions === undefined || !agreed.includes(header)) },
      { key, protocols },
    );
    const isOpen = !("closeCode" in judged);
    if (!isOpen) await patience.until(() => contact.ending !== undefined, changed, restOfBodyMs);
    return {
      ...outcome,
      head,
      fault: isOpen ? undefined : { code: judged.code, message: judged.message },
      agreement: isOpen ? judged : undefined,
      extensions: agreed.map(([, value]) => value).join(", "),
      rest: Buffer.concat([answer.rest, ...body]),
    };
  } catch (error) {
    contact.close();
    throw error;
  }
}

function unanswered(contact: Contact): { code: string; message: string } {
  const { ending } = contact;
  if (!contact.isReady) {
    return { code: "unreachable", message: ending?.fault ?? "no connection came about in time" };
  }
  if (ending === undefined) {
    const message =
      contact.first === undefined ? "nothing was answered in time" : "the answer was not complete in time";
    return { code: "unanswered", message };
  }
  return { code: "cut", message: ending.fault ?? "the connection was closed without an answer" };
}
