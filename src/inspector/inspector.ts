// `longwire/inspector`: a page on which one sees what a server's connections do. `inspect` gives it a listener of its own on this
// machine only, so that it shows the server from outside, also while it drains; `mountInspector` puts it on the server itself,
// where only one port can be reached. DESIGN §9, RELIABILITY V-42.

import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { LocalError } from "../base/errors.ts";
import { createServer, type LongwireServer } from "../server/index.ts";
import { readPageFiles } from "./pages.ts";
import { Room } from "./room.ts";
import { createToken } from "./token.ts";

/** What inspect() takes. */
export interface InspectOptions {
  /** Where it listens. Default: 0, any port that is free. */
  readonly port?: number | undefined;
  /** Answer other machines and proxies as well: whoever has the token sees everything. Default: false. */
  readonly remote?: boolean | undefined;
  /** Names under which it is served besides localhost, 127.0.0.0/8 and [::1]. Default: none. */
  readonly hosts?: readonly string[] | undefined;
}

/** What mountInspector() takes. */
export interface MountOptions extends Omit<InspectOptions, "port"> {
  /** Where it begins. Default: "/inspect". */
  readonly path?: string | undefined;
}

/** An inspector with a listener of its own. */
export interface Inspector {
  /** Open this in a browser. What stands behind the # is the token: whoever has the address sees everything. */
  readonly url: string;
  /** What the page must show: 128 random bits, made anew each time. */
  readonly token: string;
  /** Ends it. The server that it shows goes on. */
  close(): Promise<void>;
}

/** An inspector on the server that it shows. */
export interface MountedInspector {
  /** Path and token: what is to stand behind the server's own address, e.g. "/inspect/#…". */
  readonly target: string;
  /** What the page must show: 128 random bits, made anew each time. */
  readonly token: string;
  /** Answers a request for the inspector's page. False, and nothing happens to it, for any other. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
}

/** Where the build puts the page. */
const pageFolder = new URL("../web/inspect/", import.meta.url);

/**
 * Shows `server` on a page of its own at 127.0.0.1, until it is closed or the server is. Does not keep the process alive. Rejects
 * with LocalError LW_INSPECTOR_LISTEN when its port cannot be had.
 */
export async function inspect<User>(server: LongwireServer<User>, options: InspectOptions = {}): Promise<Inspector> {
  const { port = 0, remote = false, hosts = [] } = options;
  const token = createToken();
  const { inspection } = server;
  const files = readPageFiles(fileURLToPath(pageFolder));
  const room = new Room({ inspection, path: "/", files, token, gate: { remote, hosts } });
  const own = createServer({ line: false, hosts });
  room.addRoute(own);
  const http = createHttpServer((request, response) => void room.answer(request, response));
  // Whoever looks on must not be the reason why a program does not end.
  http.on("connection", (socket) => socket.unref());
  own.attach(http);
  await listen(http, port, remote ? undefined : "127.0.0.1");
  http.unref();
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeBoth(own, http));
  void inspection.closed.then(close);
  const { port: taken } = http.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(taken)}/#${token}`, token, close };
}

/**
 * Shows `server` below a path of its own listener. Its page lives on a route of the server; for its files, call `answer` with each
 * plain request before your own. Throws LocalError when there is a route already.
 */
export function mountInspector<User>(server: LongwireServer<User>, options: MountOptions = {}): MountedInspector {
  const { path: given = "/inspect", remote = false, hosts = [] } = options;
  const path = `${given.replace(/\/+$/, "")}/`;
  const token = createToken();
  const { inspection } = server;
  const files = readPageFiles(fileURLToPath(pageFolder));
  const room = new Room({ inspection, path, files, token, gate: { remote, hosts } });
  inspection.hideRoute(`${path}live`);
  room.addRoute(server);
  return { target: `${path}#${token}`, token, answer: (request, response) => room.answer(request, response) };
}

function listen(http: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        new LocalError("LW_INSPECTOR_LISTEN", `The inspector cannot listen on port ${String(port)}: ${error.message}`, {
          cause: error,
        }),
      );
    });
    http.listen({ port, host }, resolve);
  });
}

async function closeBoth(own: LongwireServer, http: Server): Promise<void> {
  await own.close();
  const gone = new Promise<void>((resolve) => http.close(() => resolve()));
  http.closeAllConnections();
  await gone;
}
