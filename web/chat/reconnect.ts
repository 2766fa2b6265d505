// When to try again after a connection was lost, and when not to. Full jitter: after a restart of the server its
// visitors come back spread over time instead of together.

const firstStepMs = 500;
const longestMs = 30_000;
const largestExponent = 16;

/** Milliseconds to wait before attempt number `attempt` (from 0); `random` is in [0, 1). */
export function retryDelayMs(attempt: number, random: number): number {
  return random * Math.min(longestMs, firstStepMs * 2 ** Math.min(attempt, largestExponent));
}

/** Codes by which the server says that the same again would fail the same way: a person decides then. */
const finalCodes: readonly number[] = [1002, 1003, 1007, 1008, 1009];

export function isWorthRetrying(code: number): boolean {
  return !finalCodes.includes(code);
}

/** A close event in plain words, without a full stop. */
export function describeClose(code: number, reason: string): string {
  const known: Readonly<Record<number, string>> = {
    1000: "The server ended the conversation",
    1001: "The server is going away",
    1006: "The connection was lost",
    1008: "The server refused this connection",
    1011: "The server ran into an error",
    1012: "The server is restarting",
    1013: "The server is busy",
  };
  const words = known[code] ?? "The connection was closed";
  return `${words} (code ${code}${reason === "" ? "" : `: ${reason}`})`;
}
