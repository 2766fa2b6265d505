// A certificate for 127.0.0.1 and localhost that nobody trusts, made by openssl in a folder of its own.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly folder: string;
  remove(): void;
}

export function makeCertificate(openssl: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "longwire-tls-"));
  const cert = join(folder, "cert.pem");
  const key = join(folder, "key.pem");
  const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost";
  execFileSync(
    openssl,
    [...request.split(" "), "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cert],
    { stdio: "ignore" },
  );
  return { cert, key, folder, remove: () => rmSync(folder, { recursive: true }) };
}
