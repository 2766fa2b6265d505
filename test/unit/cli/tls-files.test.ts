import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTlsFiles } from "../../../src/cli/tls-files.ts";
import { type Certificate, makeCertificate } from "../../support/certificate.ts";
import { openssl } from "../../support/tools.ts";

describe("readTlsFiles", () => {
  it("is content without TLS", async () => {
    expect(await readTlsFiles({})).toBeUndefined();
  });

  it("takes one option without the other for a usage error and names the missing one", async () => {
    await expect(readTlsFiles({ cert: "a.pem" })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("--cert was given without --key"),
    });
    await expect(readTlsFiles({ key: "a.pem" })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("--key was given without --cert"),
    });
  });

  it("says which file is not there", async () => {
    await expect(readTlsFiles({ cert: "/nonexistent/a.pem", key: "b.pem" })).rejects.toMatchObject({
      exitCode: 1,
      message: "Cannot read --cert /nonexistent/a.pem: there is no such file.",
    });
  });
});

describe.skipIf(openssl === undefined)("readTlsFiles with real files", () => {
  const made: Certificate[] = [];
  beforeAll(() => {
    made.push(makeCertificate(openssl ?? ""), makeCertificate(openssl ?? ""));
  });
  afterAll(() => {
    for (const certificate of made) certificate.remove();
  });
  const [a, b] = [() => made[0] as Certificate, () => made[1] as Certificate];

  it("reads a certificate and its key", async () => {
    const files = await readTlsFiles({ cert: a().cert, key: a().key });
    expect(files?.cert.toString()).toContain("BEGIN CERTIFICATE");
    expect(files?.key.toString()).toContain("PRIVATE KEY");
  });

  it("refuses a key that belongs to another certificate, before anything listens", async () => {
    await expect(readTlsFiles({ cert: a().cert, key: b().key })).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining("two PEM files that belong together"),
    });
  });

  it("refuses what is no PEM file", async () => {
    const file = join(a().folder, "note.txt");
    writeFileSync(file, "hello");
    await expect(readTlsFiles({ cert: file, key: a().key })).rejects.toThrow("two PEM files");
  });
});
