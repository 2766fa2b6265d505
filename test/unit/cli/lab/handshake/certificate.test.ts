import { createPrivateKey, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { makeOwnCertificate } from "../../../../../src/cli/lab/handshake/certificate.ts";

test("what is written by hand is a certificate that others can read: its names, its key, its signature, its time", () => {
  const { cert, key } = makeOwnCertificate(Date.UTC(2026, 10, 21));
  const read = new X509Certificate(cert);
  expect(read.subject).toBe("CN=Longwire lab");
  expect(read.issuer).toBe(read.subject);
  expect(read.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1");
  expect(read.checkHost("localhost")).toBe("localhost");
  expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(read.verify(read.publicKey)).toBe(true);
  expect([new Date(read.validFrom).toISOString(), new Date(read.validTo).toISOString()]).toEqual([
    "2026-11-20T00:00:00.000Z",
    "2026-12-21T00:00:00.000Z",
  ]);
});

test("no two are alike", () => {
  const [one, other] = [makeOwnCertificate(), makeOwnCertificate()];
  expect(one.key).not.toBe(other.key);
  expect(new X509Certificate(one.cert).serialNumber).not.toBe(new X509Certificate(other.cert).serialNumber);
});
