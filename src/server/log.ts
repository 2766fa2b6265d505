// Where the server says what went wrong. Faults of the application go to its `log`, or to stderr; why a client was refused
// or lost goes there as well, or, without a `log`, to `NODE_DEBUG=longwire`. Lines never contain headers, and of queries
// only what redaction.ts lets through.

import { inspect, debuglog } from "node:util";
import { LocalError } from "../base/errors.ts";

/** What `createServer({ log })` takes; pino, winston and console have this shape. */
export interface Log {
  /** One refusal or one failed connection, in one line. */
  debug(line: string): void;
  /** A fault of the application: a hook threw. */
  error(line: string, error: unknown): void;
}

const debug = debuglog("longwire");

const standardLog: Log = {
  debug(line) {
    debug("%s", line);
  },
  error(line, error) {
    process.stderr.write(`longwire: ${line}: ${inspect(error)}\n`);
  },
};

/** Writes to a Log and survives one that throws. */
export class Journal {
  readonly #log: Log;

  /** Throws LocalError LW_SERVER_LOG for what is no log. */
  constructor(log: Log | undefined) {
    if (log !== undefined && (typeof log.debug !== "function" || typeof log.error !== "function")) {
      throw new LocalError(
        "LW_SERVER_LOG",
        "log must have the methods debug(line) and error(line, error), as console has.",
      );
    }
    this.#log = log ?? standardLog;
  }

  /** The line is only made when somebody will see it. */
  debug(line: () => string): void {
    if (this.#log === standardLog && !debug.enabled) return;
    // OpenSSL puts line ends into its messages.
    this.#write(() =>
      this.#log.debug(
        line()
          .replaceAll(/[\s\p{Cc}\u2028\u2029]+/gu, " ")
          .trim(),
      ),
    );
  }

  error(line: string, error: unknown): void {
    this.#write(() => this.#log.error(line, error));
  }

  #write(write: () => void): void {
    try {
      write();
    } catch {
      // A log that is full or closed must not take connections with it.
    }
  }
}
