// A request head that opens a WebSocket, to be spoilt in one place per test.

import { resolveLimits } from "../../src/base/limits.ts";
import {
  judgeUpgrade,
  type Refusal,
  type RequestHead,
  type UpgradeOffer,
} from "../../src/protocol/handshake/upgrade-request.ts";

/** The key of RFC 6455 §1.3; its Sec-WebSocket-Accept is `sampleAccept`. */
export const sampleKey = "dGhlIHNhbXBsZSBub25jZQ==";
export const sampleAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

export type HeaderLine = readonly [name: string, value: string];

/** The lines every opening request has. */
export const upgradeLines: readonly HeaderLine[] = [
  ["Host", "example.com:8101"],
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
  ["Sec-WebSocket-Key", sampleKey],
  ["Sec-WebSocket-Version", "13"],
];

/** The sound lines with those of the same names replaced by `lines`; a name in `without` has none. */
export function upgradeHead(
  lines: readonly HeaderLine[] = [],
  change: Partial<RequestHead> & { readonly without?: readonly string[] } = {},
): RequestHead {
  const replaced = new Set(
    [...lines.map(([name]) => name), ...(change.without ?? [])].map((name) => name.toLowerCase()),
  );
  const kept = upgradeLines.filter(([name]) => !replaced.has(name.toLowerCase()));
  const rawHeaders = [...kept, ...lines].flat();
  const { method = "GET", httpVersion = "1.1", url = "/chat?room=1" } = change;
  return { method, httpVersion, url, rawHeaders: change.rawHeaders ?? rawHeaders };
}

/** The offer in a head that must be accepted under the default limits. */
export function accepted(head: RequestHead): UpgradeOffer {
  const result = judgeUpgrade(head, resolveLimits());
  if ("status" in result) throw new Error(`refused: ${result.status} ${result.message}`);
  return result;
}

/** The refusal of a head that must not be accepted under the default limits. */
export function refused(head: RequestHead): Refusal {
  const result = judgeUpgrade(head, resolveLimits());
  if (!("status" in result)) throw new Error("accepted");
  return result;
}
