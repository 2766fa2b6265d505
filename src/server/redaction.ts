// What may be shown of a request in logs (RELIABILITY V-50): its path, and its query with the values of everything that
// may be a secret taken out by name. Headers are never shown at all. Bounded in length, one line.
import { isSecretName } from "../base/secret-names.ts";

const maxLength = 256;

/** `path?name=value…` as it may stand in a log line. */
export function redactTarget(target: { readonly path: string; readonly search: string }): string {
  const pieces = oneLine(target.search).slice(1).split("&").map(redactParameter);
  const line = oneLine(target.path) + (target.search.length > 1 ? `?${pieces.join("&")}` : "");
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}

function oneLine(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/g, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`);
}

function redactParameter(piece: string): string {
  const at = piece.indexOf("=");
  // A bare word may be a token as well as a flag.
  if (at < 0) return piece.length > 16 ? "…" : piece;
  const name = piece.slice(0, at);
  return isSecretName(name) ? `${name}=…` : piece;
}
