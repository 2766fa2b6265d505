// The animals: what proxies in the world do to realtime connections, each as a TCP server in front of a port. Most are the fault
// proxy of longwire/testing, and two are programs that many sites run, configured to do no more than forward. What reaches
// them is told by `what`, in the words of the table that `npm run zoo` writes.
import { createFaultProxy, type FaultProxy, type Faults } from "../../src/testing/index.ts";
import { ProxyProcess } from "../interop/proxy/proxy-process.ts";
import { haproxy, nginx } from "../support/tools.ts";
import type { Plan } from "./conversation.ts";

export interface Animal {
  readonly name: string;
  readonly what: string;
  /** What `npm run zoo` says through it, when it takes more than the usual to see what it does. */
  readonly plan?: Plan | undefined;
  /** Undefined: the program is not here. */
  readonly cage: ((port: number) => Promise<Cage>) | undefined;
}

/** A proxy that runs. */
export interface Cage {
  readonly port: number;
  /** Breaks every connection there is; what only time breaks is broken so in tests that do not wait. */
  readonly fault: FaultProxy | undefined;
  stop(): Promise<void>;
}

const fault = (faults: Faults) => async (port: number) => {
  const proxy = await createFaultProxy({ target: { port }, faults });
  return { port: proxy.port, fault: proxy, stop: () => proxy.close() };
};

const real = (name: "nginx" | "haproxy", program: string | undefined, site: (http: string, target: string) => string) =>
  program === undefined
    ? undefined
    : async (port: number) => {
        const own = { site: (http: string) => site(http, `127.0.0.1:${String(port)}`) };
        const proxy = await ProxyProcess.start(name, program, own);
        return { port: proxy.http, fault: undefined, stop: () => proxy.stop() };
      };

const nginxSite = (http: string, target: string): string =>
  `server {\n  listen ${http};\n  location / {\n    proxy_pass http://${target};\n  }\n}\n`;

/** The time limits are those of Debian's own file. */
const haproxySite = (http: string, target: string): string => `defaults
  mode http
  timeout connect 5s
  timeout client 50s
  timeout server 50s
frontend www
  bind ${http}
  default_backend app
backend app
  server app ${target}
`;

export const animals: readonly Animal[] = [
  { name: "nothing", what: "passes everything on", cage: fault({}) },
  {
    name: "strips Upgrade",
    what: "takes `Upgrade` out of requests",
    cage: fault({ http: { upgrade: "strip" } }),
  },
  {
    name: "403 on upgrade",
    what: "answers 403 to an upgrade",
    cage: fault({ http: { upgrade: "refuse" } }),
  },
  {
    name: "101, then silence",
    what: "passes on the upgrade and its 101, and nothing after that",
    cage: fault({ http: { upgrade: "silent" } }),
  },
  {
    name: "buffers whole",
    what: "no upgrade; an answer is passed on when it is complete",
    cage: fault({ http: { upgrade: "strip", buffer: true } }),
  },
  {
    name: "holds the first piece",
    what: "no upgrade; the first piece of an answer waits for the second",
    cage: fault({ http: { upgrade: "strip", holdFirst: true } }),
  },
  {
    name: "repeats POSTs",
    what: "no upgrade; each POST is sent twice",
    cage: fault({ http: { upgrade: "strip", repeatPosts: true } }),
  },
  {
    name: "cuts every 30 s",
    what: "each connection is cut 30 s after it was made",
    plan: { messages: 1_000, everyMs: 100 },
    cage: fault({ cutAfterMs: 30_000 }),
  },
  {
    name: "cuts idle at 60 s",
    what: "a connection is cut when nothing went over it for 60 s; the talk is silent for 130 s",
    plan: { messages: 100, everyMs: 100, quietMs: 130_000 },
    cage: fault({ cutIdleMs: 60_000 }),
  },
  {
    name: "cuts idle at 10 s",
    what: "no upgrade; a connection is cut when nothing went over it for 10 s; the talk is silent for 60 s",
    plan: { messages: 100, everyMs: 100, quietMs: 60_000 },
    cage: fault({ http: { upgrade: "strip" }, cutIdleMs: 10_000 }),
  },
  {
    name: "1 byte at a time",
    what: "every byte by itself, 50 ms each way",
    cage: fault({ sliceBytes: 1, latencyMs: 50 }),
  },
  { name: "nginx", what: "`proxy_pass` and nothing else", cage: real("nginx", nginx, nginxSite) },
  { name: "haproxy", what: "a plain HTTP backend", cage: real("haproxy", haproxy, haproxySite) },
];
