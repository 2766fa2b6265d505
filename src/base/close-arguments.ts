// The two arguments of `close()`, converted as Web IDL says and judged as WHATWG WebSockets §3.1 says.

import { isApplicationCloseCode } from "./close-codes.ts";
import { platform } from "./platform.ts";
import { toText } from "./payload.ts";

const MAX_REASON_BYTES = 123;

export interface CloseArguments {
  readonly code: number | undefined;
  readonly reason: string | undefined;
}

/** What a Close frame shall carry. Throws InvalidAccessError for a code, SyntaxError for a reason that may not be sent. */
export function checkCloseArguments(code: unknown, reason: unknown): CloseArguments {
  const number = code === undefined ? undefined : clampToUnsignedShort(code);
  const text = reason === undefined ? undefined : toText(reason);
  if (number !== undefined && !isApplicationCloseCode(number)) {
    throw new DOMException(`Close code ${number} is not 1000 or between 3000 and 4999.`, "InvalidAccessError");
  }
  if (text !== undefined && platform.utf8Length(text) > MAX_REASON_BYTES) {
    throw new DOMException(`A close reason has at most ${MAX_REASON_BYTES} bytes of UTF-8.`, "SyntaxError");
  }
  // A reason cannot travel without a code.
  return { code: number ?? (text === undefined || text === "" ? undefined : 1000), reason: text };
}

/** Web IDL, "ConvertToInt" with [Clamp]: the nearest integer, ties to even; NaN is 0. */
function clampToUnsignedShort(value: unknown): number {
  const number = Number(value);
  if (Number.isNaN(number)) return 0;
  const clamped = Math.min(Math.max(number, 0), 0xffff);
  const floor = Math.floor(clamped);
  const rest = clamped - floor;
  if (rest === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return rest < 0.5 ? floor : floor + 1;
}
