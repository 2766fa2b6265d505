// How a command ends when it cannot do what was asked. The message is one or two sentences for the person at the
// terminal: what happened, the likely cause, what to do. main.ts prints it and exits with the code.

/** Documented in docs/reference/cli.md and in every --help. */
export const exitCode = { ok: 0, failed: 1, usage: 2 } as const;

/** The command was understood and could not be carried out. */
export class CommandFailure extends Error {
  override readonly name: string = "CommandFailure";
  readonly exitCode: number = exitCode.failed;
}

/** The command line itself was wrong. Nothing was done. */
export class UsageFailure extends CommandFailure {
  override readonly name: string = "UsageFailure";
  override readonly exitCode: number = exitCode.usage;
}

/** One sentence for a listener that could not be opened. */
export function describeListenError(error: unknown, host: string, port: number): string {
  const place = `${host}, port ${port}`;
  // The server says it for programmers; the system's own error is behind that.
  const origin = error instanceof Error && error.cause !== undefined ? error.cause : error;
  switch (errorCode(origin)) {
    case "EADDRINUSE":
      return `Cannot listen on ${place}: another program uses it, perhaps an earlier Longwire; stop that one, or choose another port with --port (0 picks a free one).`;
    case "EACCES":
      return `Cannot listen on ${place}: this user may not use it; ports below 1024 often need more rights, so choose a higher one with --port.`;
    case "EADDRNOTAVAIL":
      return `Cannot listen on ${place}: this machine has no such address; 127.0.0.1 is for this machine only, 0.0.0.0 for every network.`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `Cannot listen on ${place}: that host name is not known here; give --host an address such as 127.0.0.1.`;
    default:
      return `Cannot listen on ${place}: ${errorMessage(origin)}`;
  }
}

/** Why a file cannot be read, as the end of a sentence. */
export function describeFileError(error: unknown): string {
  switch (errorCode(error)) {
    case "ENOENT":
      return "there is no such file";
    case "EISDIR":
      return "it is a folder";
    case "EACCES":
      return "this user may not read it";
    default:
      return errorMessage(error);
  }
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of a system error, e.g. "ENOENT"; empty when there is none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
