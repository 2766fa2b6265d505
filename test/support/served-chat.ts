// `longwire serve` in a process of its own, as people start it.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface ServedChat {
  /** Ends with a slash. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Ends with `stop()`, at once and without a farewell. */
export async function serveChat(port = 0): Promise<ServedChat> {
  const child = spawn(process.execPath, ["bin/longwire.js", "serve", "--port", String(port), "--host", "127.0.0.1"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const url = await Promise.race([
    firstAddress(child),
    exited.then(([code]) => Promise.reject(new Error(`longwire serve ended with ${String(code)} before it listened`))),
  ]);
  return {
    url,
    async stop() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function firstAddress(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("expected a pipe from the server");
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /http:\/\/[^/\s]+/.exec(line)?.[0];
    if (found !== undefined) {
      child.stdout.resume();
      return `${found}/`;
    }
  }
  throw new Error("longwire serve printed no address");
}
