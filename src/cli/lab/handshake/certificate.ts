// A certificate for localhost that nobody has signed but itself, made with what Node has: a key pair, a signature, and X.509 written by
// hand (RFC 5280 §4.1, in the DER of ITU-T X.690). For a listener that the lab dials itself; nobody else is asked to trust it.
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

const tags = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  utf8String: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
  extensions: 0xa3,
  dnsName: 0x82,
  ipAddress: 0x87,
} as const;

/** Object identifiers, whole: ecdsa-with-SHA256, commonName, subjectAltName. */
const ids = {
  ecdsaWithSha256: Buffer.from("06082a8648ce3d040302", "hex"),
  commonName: Buffer.from("0603550403", "hex"),
  subjectAltName: Buffer.from("0603551d11", "hex"),
} as const;

const dayMs = 86_400_000;

/** Good from a day ago to a month ahead: as long as a server may well run between two restarts of a lab. */
export function makeOwnCertificate(now: number = Date.now()): KeyAndCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = der(tags.sequence, ids.ecdsaWithSha256);
  const name = der(
    tags.sequence,
    der(tags.set, der(tags.sequence, ids.commonName, der(tags.utf8String, Buffer.from("Longwire lab")))),
  );
  const names = der(
    tags.sequence,
    der(tags.dnsName, Buffer.from("localhost")),
    der(tags.ipAddress, Buffer.from([127, 0, 0, 1])),
  );
  // RFC 5280 §4.1.2.2: a serial number is positive and has at most 20 octets.
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(15)]);
  const body = der(
    tags.sequence,
    der(tags.version, der(tags.integer, Buffer.from([2]))),
    der(tags.integer, serial),
    algorithm,
    name,
    der(tags.sequence, time(now - dayMs), time(now + 30 * dayMs)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(tags.extensions, der(tags.sequence, der(tags.sequence, ids.subjectAltName, der(tags.octetString, names)))),
  );
  const signature = sign("sha256", body, privateKey);
  const whole = der(tags.sequence, body, algorithm, der(tags.bitString, Buffer.from([0]), signature));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const head =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

/** YYMMDDHHMMSSZ */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().slice(2, 19).replaceAll(/[-:T]/g, "");
  return der(tags.utcTime, Buffer.from(`${digits}Z`));
}
