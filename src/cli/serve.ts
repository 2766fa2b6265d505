// `longwire serve`: a Longwire server with its rooms, what `npm start` runs. Puts pieces together that are explained where they
// are made: the server, the chat's routes and headers, the lab, the pages.
import type { IncomingMessage, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { mountInspector } from "../inspector/index.ts";
import { createServer } from "../server/index.ts";
import { authorityOf, dialableAddress, isLoopback } from "./address.ts";
import { pageHeaders } from "./chat/headers.ts";
import { chatRoutes } from "./chat/route.ts";

import { CommandFailure, describeListenError, errorMessage, exitCode } from "./failure.ts";
import { openLab } from "./lab/lab.ts";
import { answerPage, type Pages, readPages } from "./pages.ts";
import type { ServeOptions } from "./program.ts";
import { stopRequested } from "./stop-signals.ts";
import { type Terminal, writeJson, writeLine } from "./terminal.ts";
import { readTlsFiles } from "./tls-files.ts";

/** The pages and where the build puts them, seen from dist/cli/. */
const rooms: readonly (readonly [mount: string, folder: URL])[] = [
  ["/", new URL("../web/chat/", import.meta.url)],
  ["/lab/", new URL("../web/lab/", import.meta.url)],
];

export async function serve(options: ServeOptions, terminal: Terminal): Promise<number> {
  const tls = await readTlsFiles(options);
  const pages = await readRooms();
  const stop = stopRequested();
  const server = createServer({
    origins: [...options.origin],
    metrics: true,
    upgrade: (request, socket, head) => lab.upgrade(request, socket, head),
    http: (request, response) => {
      if (!lab.answer(request, response) && !inspector.answer(request, response)) answer(pages, request, response);
    },
  });
  const inspector = mountInspector(server);
  const stopChat = chatRoutes(server);
  const lab = openLab(server, { address: () => dialableAddress(server.address) });

  const { host, port } = options;
  const address = await server.listen({ host, port, ...tls }).catch((error: unknown) => {
    throw new CommandFailure(describeListenError(error, host, port));
  });
  const url = `${tls === undefined ? "http" : "https"}://${authorityOf(host, address.port)}/`;
  announce(url, new URL(inspector.target, url).href, options, terminal);

  // The inspector has a button that drains the server.
  const drained = server.inspection.closed.then(() => ({ interactive: false }));
  const { interactive } = await Promise.race([stop, drained]);
  if (interactive) writeLine(terminal.stderr, "Closing the connections; Ctrl-C again to end at once.");
  // Requests that the lab holds would otherwise be waited for.
  await lab.close();
  // Spreading the closes over seconds spares the next server a storm; at a keyboard somebody waits and nobody storms.
  await (interactive ? server.close({ code: 1012, reason: "The service restarts." }) : server.drain());
  stopChat();
  return exitCode.ok;
}

async function readRooms(): Promise<Pages> {
  try {
    const all = await Promise.all(rooms.map(([mount, folder]) => readPages(fileURLToPath(folder), mount)));
    return new Map(all.flatMap((pages) => [...pages]));
  } catch (error) {
    throw new CommandFailure(`The pages are missing (${errorMessage(error)}): run \`npm run build\`.`);
  }
}

function announce(url: string, inspectorUrl: string, options: ServeOptions, terminal: Terminal): void {
  if (options.json === true) {
    writeJson(terminal.stdout, { event: "listening", url, inspector: inspectorUrl });
  } else {
    writeLine(terminal.stdout, `Longwire is serving ${url}`);
    writeLine(terminal.stdout, "Open it in two windows and talk. Ctrl-C stops.");
    writeLine(terminal.stdout, `How it works, and what the other ways cost: ${url}lab`);
    writeLine(terminal.stdout, `What its connections do, for this machine only: ${inspectorUrl}`);
  }
  if (!isLoopback(options.host)) {
    writeLine(terminal.stderr, "Whoever can reach this machine can read and write in the chat: it has no password.");
  }
}

function answer(pages: Pages, request: IncomingMessage, response: ServerResponse): void {
  const { status, headers, body } = answerPage(
    pages,
    {
      method: request.method ?? "GET",
      target: request.url ?? "/",
      knownTags: request.headers["if-none-match"],
    },
    pageHeaders,
  );
  response.writeHead(status, headers).end(body);
}
