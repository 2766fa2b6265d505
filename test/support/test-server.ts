// Servers and raw clients of one test, cleaned up after it. Every server listens on 127.0.0.1 and a port of its own.
import { afterEach } from "vitest";
import { createServer, type LongwireServer } from "../../src/server/index.ts";
import type { ListenOptions } from "../../src/server/front.ts";
import type { ServerOptions } from "../../src/server/options.ts";
import { connectRaw, rawUpgradeHead, type RawClient, type RawHeaders, type RawResponse } from "./raw-client.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Runs when the test is over, the last one first. */
export function afterThisTest(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

export interface TestServer<User> {
  readonly server: LongwireServer<User>;
  readonly port: number;
  /** What was logged: refusals and losses as `debug`, faults of handlers as `error`. */
  readonly lines: { readonly debug: string[]; readonly error: string[] };
  connect(): Promise<RawClient>;
  /** Connects and sends the given request head whole. */
  ask(head: string): Promise<{ client: RawClient; response: RawResponse }>;
  /** Connects and upgrades. */
  open(path: string, headers?: RawHeaders): Promise<RawClient>;
}

/** A server that listens; `routes` adds to it before it does. */
export async function serve<User = undefined>(
  options: ServerOptions<User> = {},
  routes: (server: LongwireServer<User>) => void = echoRoute,
  listen: ListenOptions = {},
): Promise<TestServer<User>> {
  const lines = { debug: [] as string[], error: [] as string[] };
  const log = {
    debug: (line: string) => void lines.debug.push(line),
    error: (line: string, error: unknown) => void lines.error.push(`${line}: ${String(error)}`),
  };
  const server = createServer({ log, ...options });
  routes(server);
  const { port } = await server.listen({ host: "127.0.0.1", ...listen });
  afterThisTest(() => server.close());
  const connect = async (): Promise<RawClient> => {
    const client = await connectRaw(port);
    afterThisTest(() => client.destroy());
    return client;
  };
  return {
    server,
    port,
    lines,
    connect,
    async ask(head) {
      const client = await connect();
      client.write(Buffer.from(head, "latin1"));
      return { client, response: await client.nextResponse(head.split(" ", 1)[0]) };
    },
    async open(path, headers = {}) {
      const client = await connect();
      client.write(rawUpgradeHead(path, headers));
      const { status, body } = await client.nextResponse();
      if (status !== 101) throw new Error(`Expected 101, got ${status}: ${body}`);
      return client;
    },
  };
}

/** Echoes at `/`. */
export function echoRoute<User>(server: LongwireServer<User>): void {
  server.route("/", {
    message(socket, data) {
      socket.send(data);
    },
  });
}
