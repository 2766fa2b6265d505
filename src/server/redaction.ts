// What may be shown of a request in logs (RELIABILITY V-50): its path, and its query with the values of everything that
// may be a secret taken out by name. Headers are never shown at all. Bounded in length, one line.

/** Query parameters with one of these inside their name, whatever the case, are secrets. */
const secretParts = [
  "token",
  "secret",
  "pass",
  "pwd",
  "auth",
  "key",
  "sig",
  "session",
  "jwt",
  "ticket",
  "credential",
  "cookie",
];
/** And those that are called exactly so. */
const secretNames = new Set(["code", "sid", "otp", "pin", "state", "nonce", "hmac"]);

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
  return isSecret(name) ? `${name}=…` : piece;
}

/** Whether what is called `name`, percent-encoded or not, may be a secret. */
export function isSecret(name: string): boolean {
  let plain: string;
  try {
    plain = decodeURIComponent(name).toLowerCase();
  } catch {
    return true;
  }
  return secretNames.has(plain) || secretParts.some((part) => plain.includes(part));
}
