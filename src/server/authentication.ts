// Asks the application who is asking, once per handshake, and waits for the answer no longer than it may. An exception
// that is a Response is the application's own refusal; any other is its mistake. Knows no sockets.

import type { Clock } from "../base/clock.ts";
import { LocalError } from "../base/errors.ts";
import { formatField } from "../protocol/handshake/header-fields.ts";
import type { Authenticate } from "./hooks.ts";
import { isThenable } from "./thenable.ts";
import type { UpgradeRequest } from "./upgrade-request.ts";

export type Verdict =
  | { readonly kind: "user"; readonly user: unknown }
  /** Refused with a whole HTTP answer. */
  | { readonly kind: "response"; readonly status: number; readonly bytes: Uint8Array }
  | { readonly kind: "threw"; readonly error: unknown }
  | { readonly kind: "timeout" };

/** The body of a refusal: enough for a page that explains, not for a download. */
const maxBodyBytes = 64 * 1024;

/** Answers at once when the hook does; otherwise within `timeoutMs`. The promise never rejects. */
export function authenticate(
  hook: Authenticate<unknown>,
  request: UpgradeRequest,
  timeoutMs: number,
  clock: Clock,
): Verdict | Promise<Verdict> {
  let answer: unknown;
  try {
    answer = hook(request);
  } catch (error) {
    return isResponse(error) ? within(timeoutMs, clock, request, refusedBy(error)) : { kind: "threw", error };
  }
  if (!isThenable(answer)) return { kind: "user", user: answer };
  return within(timeoutMs, clock, request, settled(answer));
}

async function settled(answer: PromiseLike<unknown>): Promise<Verdict> {
  try {
    return { kind: "user", user: await answer };
  } catch (error) {
    return isResponse(error) ? refusedBy(error) : { kind: "threw", error };
  }
}

function within(timeoutMs: number, clock: Clock, request: UpgradeRequest, verdict: Promise<Verdict>): Promise<Verdict> {
  if (timeoutMs === 0) return verdict;
  return new Promise((resolve) => {
    const timer = clock.schedule(timeoutMs, () => {
      request.abandon(
        new LocalError("LW_SERVER_AUTHENTICATE_TIMEOUT", `authenticate took longer than ${timeoutMs} ms.`),
      );
      resolve({ kind: "timeout" });
    });
    void verdict.then((result) => {
      timer.cancel();
      resolve(result);
    });
  });
}

async function refusedBy(response: Response): Promise<Verdict> {
  try {
    const body = new Uint8Array(await response.arrayBuffer()).subarray(0, maxBodyBytes);
    if (!Number.isInteger(response.status) || response.status < 200 || response.status > 599) {
      throw new LocalError(
        "LW_SERVER_REFUSAL_STATUS",
        `A connection cannot be refused with status ${response.status}.`,
      );
    }
    return { kind: "response", status: response.status, bytes: formatResponse(response, body) };
  } catch (error) {
    return { kind: "threw", error };
  }
}

/** Fields that say how the answer is carried; that is ours to say. */
const carriage = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "trailer",
  "te",
]);

function formatResponse(response: Response, body: Uint8Array): Uint8Array {
  const phrase = /^[\t\x20-\x7e]+$/.test(response.statusText) ? response.statusText : "Refused";
  let head = `HTTP/1.1 ${response.status} ${phrase}\r\n`;
  for (const [name, value] of response.headers) {
    if (!carriage.has(name) && !name.startsWith("sec-websocket-")) head += formatField(name, value);
  }
  const hasBody = response.status !== 204 && response.status !== 304;
  head += `Connection: close\r\n${hasBody ? `Content-Length: ${body.length}\r\n` : ""}\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), hasBody ? body : new Uint8Array(0)]);
}

/** Also a Response of another realm or package. */
function isResponse(value: unknown): value is Response {
  if (value instanceof Response) return true;
  if (typeof value !== "object" || value === null) return false;
  const { status, headers, arrayBuffer } = value as Partial<Response>;
  return typeof status === "number" && typeof headers === "object" && typeof arrayBuffer === "function";
}
