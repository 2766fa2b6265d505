// --cert and --key: both or neither, readable, and fit for each other. Judged before anything listens, because the
// first handshake is a bad moment to learn that a key belongs to another certificate.
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { CommandFailure, describeFileError, errorMessage, UsageFailure } from "./failure.ts";

export interface TlsOptions {
  readonly cert?: string;
  readonly key?: string;
}

export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** The contents of both files, or undefined when TLS was not asked for. */
export async function readTlsFiles(options: TlsOptions): Promise<TlsFiles | undefined> {
  if (options.cert === undefined && options.key === undefined) return undefined;
  if (options.cert === undefined || options.key === undefined) {
    const [given, missing] = options.cert === undefined ? ["--key", "--cert"] : ["--cert", "--key"];
    throw new UsageFailure(`${given} was given without ${missing}: TLS needs the certificate and its private key.`);
  }
  const files = { cert: await read("--cert", options.cert), key: await read("--key", options.key) };
  try {
    createSecureContext(files);
  } catch (error) {
    throw new CommandFailure(
      `The certificate and the key cannot be used (${errorMessage(error)}): expected two PEM files that belong together.`,
    );
  }
  return files;
}

async function read(option: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const reason = describeFileError(error);
    throw new CommandFailure(`Cannot read ${option} ${file}: ${reason}.`);
  }
}
