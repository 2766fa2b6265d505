// What a typed line of `longwire connect` asks for: a message, or a command that begins with a slash. Judges arguments
// here, before anything is sent; carries nothing out.
import { parseHex } from "./hex-dump.ts";

export type TypedLine =
  | { readonly kind: "message"; readonly data: string | Uint8Array }
  | { readonly kind: "ping"; readonly payload: string }
  | { readonly kind: "close"; readonly code: number; readonly reason: string }
  | { readonly kind: "help" }
  /** Nothing is sent; `hint` tells what was expected. */
  | { readonly kind: "fault"; readonly hint: string };

export const slashHelp: readonly string[] = [
  "Type a message and press Enter to send it. A pasted block is one message.",
  "  /ping [TEXT]           send a ping and show how long the pong took",
  "  /close [CODE] [TEXT]   close, with 1000 or 3000 to 4999 and a reason",
  "  /binary HEX            send bytes, e.g. /binary 48 65 6c 6c 6f",
  "  /help                  this list",
  "  //TEXT                 send a message that begins with a slash",
  "Ctrl-C or Ctrl-D closes with 1000.",
];

// RFC 6455 §5.5: control frames carry 125 bytes at most, two of which a close spends on its code.
const longestPing = 125;
const longestReason = 123;

export function parseTypedLine(line: string): TypedLine {
  if (!line.startsWith("/")) return { kind: "message", data: line };
  if (line.startsWith("//")) return { kind: "message", data: line.slice(1) };
  const [, name = "", rest = ""] = /^\/(\S*)\s*([^]*)$/.exec(line) ?? [];
  switch (name) {
    case "ping":
      return parsePing(rest);
    case "close":
      return parseClose(rest.trimEnd());
    case "binary":
      return parseBinary(rest);
    case "help":
      return { kind: "help" };
    default:
      return fault(
        `There is no command /${name}. Known: /ping, /close, /binary, /help; // sends a message with a slash.`,
      );
  }
}

function parsePing(payload: string): TypedLine {
  if (Buffer.byteLength(payload) > longestPing) return fault(`A ping carries at most ${longestPing} bytes.`);
  return { kind: "ping", payload };
}

function parseClose(rest: string): TypedLine {
  const [, digits = "", reason = ""] = /^(\S*)\s*([^]*)$/.exec(rest) ?? [];
  if (digits === "") return { kind: "close", code: 1000, reason: "" };
  const code = /^\d{4}$/.test(digits) ? Number(digits) : 0;
  if (code !== 1000 && !(code >= 3000 && code <= 4999)) {
    return fault(
      "Expected /close, or /close CODE TEXT with the code 1000 or 3000 to 4999: the others are not for applications.",
    );
  }
  if (Buffer.byteLength(reason) > longestReason) return fault(`A close reason has at most ${longestReason} bytes.`);
  return { kind: "close", code, reason };
}

function parseBinary(digits: string): TypedLine {
  const data = parseHex(digits);
  if (data === undefined) return fault("Expected pairs of hexadecimal digits, e.g. /binary 48 65 6c 6c 6f.");
  return { kind: "message", data };
}

function fault(hint: string): TypedLine {
  return { kind: "fault", hint };
}
