// An authority of its own and certificates signed by it: for the right name, for another one, and one that has expired.
// Made by openssl in a folder that is removed. certificate.ts makes the one that nobody signed.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface Certificates {
  /** The authority's certificate: whoever trusts it trusts the others. */
  readonly ca: string;
  /** For localhost and 127.0.0.1. */
  readonly valid: KeyAndCertificate;
  readonly otherName: KeyAndCertificate;
  readonly expired: KeyAndCertificate;
}

const newKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes".split(" ");

export function makeCertificates(openssl: string): Certificates {
  const folder = mkdtempSync(join(tmpdir(), "longwire-ca-"));
  const run = (...parameters: string[]): void => {
    execFileSync(openssl, parameters, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  };
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  try {
    run("req", "-x509", ...newKey, "-days", "2", "-subj", "/CN=Test Authority", "-keyout", "ca.key", "-out", "ca.pem");
    const config = (names: string): string =>
      "[ca]\ndefault_ca=own\n[own]\ndatabase=index\nnew_certs_dir=.\nrand_serial=yes\ncertificate=ca.pem\n" +
      "private_key=ca.key\ndefault_md=sha256\npolicy=any\nx509_extensions=leaf\nunique_subject=no\n" +
      `[any]\ncommonName=supplied\n[leaf]\nsubjectAltName=${names}\n`;
    const issue = (name: string, names: string, from: string, to: string): KeyAndCertificate => {
      writeFileSync(join(folder, "index"), "");
      writeFileSync(join(folder, "ca.conf"), config(names));
      run("req", "-new", ...newKey, "-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`);
      const period = ["-startdate", from, "-enddate", to];
      run("ca", "-batch", "-config", "ca.conf", ...period, "-in", `${name}.csr`, "-out", `${name}.pem`);
      return { key: read(`${name}.key`), cert: read(`${name}.pem`) };
    };
    const yesterday = stamp(-1);
    const tomorrow = stamp(1);
    const here = "DNS:localhost,IP:127.0.0.1";
    return {
      ca: read("ca.pem"),
      valid: issue("valid", here, yesterday, tomorrow),
      otherName: issue("other", "DNS:elsewhere.example", yesterday, tomorrow),
      expired: issue("expired", here, stamp(-3), yesterday),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The moment `days` from now as openssl writes it: YYYYMMDDHHMMSSZ. */
function stamp(days: number): string {
  const moment = new Date(Date.now() + days * 86_400_000).toISOString();
  return `${moment.slice(0, 19).replace(/[-:T]/g, "")}Z`;
}
