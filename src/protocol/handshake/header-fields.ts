// Header fields in both directions: what may be written on a line, and the lines of a head found by name. RFC 9110 §5.
// Everything that leaves this side passes formatField, so no caller's text can end a line early. Knows no field's meaning.

import { LocalError } from "../../base/errors.ts";
import { isToken, trimBlanks } from "./header-lists.ts";

/** Lower-case names of the fields that frame an HTTP message or negotiate the upgrade; only the handshake writes them. */
const reservedNames: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * One line of a head, with its line end, for text of ours or of the caller. Throws LocalError when the name is not a token
 * or the value has a control character (CR, LF and NUL first of all, and C1) or one beyond U+00FF. Heads are written as
 * Latin-1.
 */
export function formatField(name: string, value: string): string {
  if (!isToken(name)) {
    throw new LocalError(
      "LW_PROTOCOL_HEADER_INVALID",
      `${JSON.stringify(name)} is not a header name. Expected letters, digits and !#$%&'*+-.^_\`|~.`,
    );
  }
  if (typeof value !== "string" || !isSendable(value)) {
    // The value itself may be a secret, so it is not shown.
    throw new LocalError(
      "LW_PROTOCOL_HEADER_INVALID",
      `The value of the header ${name} cannot be sent. Expected a string of visible Latin-1 characters, spaces and tabs; ` +
        "likely causes: 1. a line break in it; 2. text that must be percent-encoded first.",
    );
  }
  return `${name}: ${value}\r\n`;
}

/** As formatField, for a caller's own header: throws LocalError also when the handshake alone may write this one. */
export function formatCallerField(name: string, value: string): string {
  const lower = String(name).toLowerCase();
  if (reservedNames.has(lower) || lower.startsWith("sec-websocket-")) {
    throw new LocalError(
      "LW_PROTOCOL_HEADER_RESERVED",
      `The header ${JSON.stringify(name)} belongs to the handshake and cannot be set. Subprotocols have an option of their own.`,
    );
  }
  return formatField(name, value);
}

/** Values by lower-case name, each list in the order of its lines, blanks around a value taken off. */
export type FieldMap = ReadonlyMap<string, readonly string[]>;

/** The fields of a flat list `[name, value, name, value, …]`. A Map, because names are the peer's. */
export function collectFields(rawHeaders: readonly string[]): FieldMap {
  const fields = new Map<string, string[]>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase();
    const value = trimBlanks(rawHeaders[at + 1] as string);
    const values = fields.get(name);
    if (values === undefined) fields.set(name, [value]);
    else values.push(value);
  }
  return fields;
}

/** Whether `fields` announce content: any Transfer-Encoding, or a Content-Length that is not exactly `0`. */
export function announcesBody(fields: FieldMap): boolean {
  if (fields.has("transfer-encoding")) return true;
  return fields.get("content-length")?.some((value) => value !== "0") ?? false;
}

function isSendable(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // C1 controls are legal obs-text, but U+0085 is a line end to some readers.
    if (code < 0x20 ? code !== 0x09 : (code >= 0x7f && code < 0xa0) || code > 0xff) return false;
  }
  return true;
}
