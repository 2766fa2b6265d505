// Which names say that the value beside them may be a secret (RELIABILITY V-50): of query parameters, headers, JSON members and form
// fields alike. One list, so that what the server's log leaves out is left out by the inspector and the command line too. Judges names;
// who calls decides what stands in the value's place.

/** Names with one of these inside, whatever the case, are secrets. */
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

/** Whether what is called `name`, percent-encoded or not, may be a secret. */
export function isSecretName(name: string): boolean {
  let plain: string;
  try {
    plain = decodeURIComponent(name).toLowerCase();
  } catch {
    return true;
  }
  return secretNames.has(plain) || secretParts.some((part) => plain.includes(part));
}
