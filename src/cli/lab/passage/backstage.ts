// A server of the lab's own behind the one that people reach, and the fault proxy of longwire/testing before it: what happens to
// connections happens there. Both listen on 127.0.0.1 only, on ports that the system chooses.
import { createServer, type LongwireServer } from "../../../server/index.ts";
import { createFaultProxy, type Faults, type FaultProxy } from "../../../testing/index.ts";

export interface Backstage {
  readonly server: LongwireServer;
  readonly proxy: FaultProxy;
  /** Ends both, at once. */
  close(): Promise<void>;
}

export interface BackstageOptions {
  addRoutes(server: LongwireServer): void;
  readonly faults: Faults;
  /** How often a silent connection of a session is asked whether it is alive. */
  readonly heartbeatMs: number;
}

/** Rejects if the system gives no more ports or descriptors: nothing is left of it then. */
export type BackstageOpener = (options: BackstageOptions) => Promise<Backstage>;

/** What moves at a drain may move at once: there is one client, and no storm to be feared. */
const limits = { drainSpreadMs: 300, drainTimeoutMs: 4_000, closeTimeoutMs: 1_000 };

export async function openBackstage(options: BackstageOptions): Promise<Backstage> {
  const { faults, heartbeatMs } = options;
  const silence = { debug() {}, error() {} };
  const server = createServer({ limits, line: { heartbeatMs }, metrics: false, log: silence });
  options.addRoutes(server);
  const { port } = await server.listen({ host: "127.0.0.1" });
  const proxy = await createFaultProxy({ target: { port }, faults }).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  return {
    server,
    proxy,
    async close() {
      proxy.cut();
      await Promise.all([server.close(), proxy.close()]);
    },
  };
}
