// Unknown option names are mistakes, and silence about them costs an afternoon: `onmessage` in a hooks object, `port` in
// createServer. This finds the likely intention and says it. Knows names only; values are judged by whoever uses them.

import { LocalError } from "../base/errors.ts";

/** What people write who know another library → what it is here. */
const intentions: ReadonlyMap<string, string> = new Map([
  ["onopen", "the hook is called `open`"],
  ["connection", "the hook is called `open`"],
  ["onconnection", "the hook is called `open`"],
  ["onmessage", "the hook is called `message`"],
  ["data", "the hook is called `message`"],
  ["onclose", "the hook is called `close`"],
  ["disconnect", "the hook is called `close`"],
  ["onerror", "the hook is called `error`"],
  ["upgrade", "to decide about a handshake use `authenticate`"],
  ["verifyclient", "to decide about a handshake use `authenticate`, about its page `origins`"],
  ["allowrequest", "to decide about a handshake use `authenticate`, about its page `origins`"],
  ["auth", "did you mean `authenticate`?"],
  ["cors", "which pages may connect is said with `origins`"],
  ["origin", "did you mean `origins`, a list?"],
  ["allowedorigins", "did you mean `origins`?"],
  ["allowedhosts", "did you mean `hosts`?"],
  ["handleprotocols", "use the route's `protocols`, which may be a function"],
  ["subprotocols", "did you mean the route's `protocols`?"],
  ["subprotocol", "did you mean the route's `protocols`?"],
  ["protocol", "did you mean the route's `protocols`, a list?"],
  ["port", "the port belongs to `server.listen(port)`"],
  ["host", "the address belongs to `server.listen({ port, host })`; Host headers to be served are `hosts`"],
  ["server", "an existing HTTP server is given to `server.attach(httpServer)`"],
  ["noserver", "call `server.handleUpgrade(request, socket, head)`; no option is needed"],
  ["path", "paths belong to `server.route(path, hooks)`"],
  ["maxpayload", "did you mean `limits: { maxMessageBytes }`?"],
  ["maxpayloadlength", "did you mean `limits: { maxMessageBytes }`?"],
  ["maxhttpbuffersize", "did you mean `limits: { maxMessageBytes }`?"],
  ["maxmessagebytes", "did you mean `limits: { maxMessageBytes }`?"],
  ["idletimeout", "did you mean `limits: { pingIntervalMs, pongTimeoutMs }`?"],
  ["pinginterval", "did you mean `limits: { pingIntervalMs }`?"],
  ["pingtimeout", "did you mean `limits: { pongTimeoutMs }`?"],
  ["backlog", "the backlog belongs to `server.listen({ port, backlog })`"],
  ["cert", "certificates belong to `server.listen({ port, cert, key })`"],
  ["key", "certificates belong to `server.listen({ port, cert, key })`"],
  ["tls", "certificates belong to `server.listen({ port, cert, key })`"],
  ["trustproxies", "did you mean `trustProxy`?"],
  ["logger", "did you mean `log`?"],
  ["permessagedeflate", "messages are not compressed by this version"],
  ["compression", "messages are not compressed by this version"],
]);

/** Throws LocalError LW_SERVER_OPTION_UNKNOWN for the first name in `given` that is not `known`. */
export function checkNames(where: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const hint = intentions.get(name.toLowerCase()) ?? nearest(name, known);
    throw new LocalError(
      "LW_SERVER_OPTION_UNKNOWN",
      `${where} has no "${name}"${hint === undefined ? "" : `: ${hint}`}. Known: ${known.join(", ")}.`,
    );
  }
}

function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const steps = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (steps < least) {
      least = steps;
      best = candidate;
    }
  }
  return best === undefined ? undefined : `did you mean \`${best}\`?`;
}

/** How many letters must be changed, added or taken away to get from `a` to `b`. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
