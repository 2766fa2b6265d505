// The half of “The wire” on the server: a desk for every page that looks at frames, the echo route that raw connections go to, and a
// server of its own for the pages' live connections, because it stands on streams that are looked at.
import { createServer, type ServerSocket } from "../../../server/index.ts";
import type { LabPage } from "../pages.ts";
import type { LabPart, PartSite } from "../part.ts";
import { WireDesk } from "./desk.ts";
import { parseWireRequest } from "./wire.ts";

/** Live connections of all pages together; each page has one. */
const mostSockets = 128;

export function wirePart(site: PartSite): LabPart {
  const desks = new Map<LabPage, WireDesk>();
  // The page's id, which nobody else knows, was asked for before: it says more than an origin.
  const live = createServer({ origins: "any", line: false, metrics: false, limits: { maxConnections: mostSockets } });
  const deskAt = new Map<string, WireDesk>();

  site.route("echo", { message: (socket, data) => void socket.send(data) });
  live.route("/lab/passage/wire/:page/live", {
    open: (socket) => deskAt.get(socket.params.page)?.enter(socket as ServerSocket),
    message: (socket, data) => void socket.send(data),
  });

  const end = (page: LabPage): void => {
    desks.get(page)?.close();
    desks.delete(page);
    deskAt.delete(page.id);
  };
  const begin = (page: LabPage): WireDesk => {
    const desk = new WireDesk(page, { address: () => site.address(), live });
    desks.set(page, desk);
    deskAt.set(page.id, desk);
    page.signal.addEventListener("abort", () => end(page));
    return desk;
  };

  return {
    receive(page, message) {
      const request = parseWireRequest(message);
      if (request === undefined) return;
      if (request.type === "end") end(page);
      else (desks.get(page) ?? begin(page)).receive(request);
    },
    passage: (page) => (page.signal.aborted ? undefined : (desks.get(page) ?? begin(page))),
    async close() {
      for (const page of desks.keys()) end(page);
      await live.close();
    },
  };
}
