// The half of “The handshake” on the server: keeps the heads of the page's own connection, dials itself and measures, and sends the
// requests that no browser would. The listener with TLS is made when it is first needed, with a certificate made for it.
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type LongwireServer } from "../../../server/index.ts";
import { errorMessage } from "../../failure.ts";
import type { LabPage } from "../pages.ts";
import type { LabPart, PartSite, SelfAddress } from "../part.ts";
import { headOf, RawHead } from "../raw-head.ts";
import { RawTap } from "../raw-tap.ts";
import { makeOwnCertificate } from "./certificate.ts";
import { measureDial } from "./dialling.ts";
import { probe } from "./probes.ts";
import { type HandshakeReport, type HandshakeRequest, parseHandshakeRequest } from "./wire.ts";

/** What a page asks for while so much of it is not answered yet is not done. */
const mostPending = 16;
/** Of one page, which has one. */
const mostSocketsOfPage = 4;
/** Of all pages together. */
const mostSockets = 256;

export function handshakePart(site: PartSite): LabPart {
  const pending = new Map<LabPage, number>();
  const neighbour = new Neighbour();
  // The page's id, which nobody else knows, was asked for before: it says more than an origin.
  const own = createServer({ origins: "any", line: false, metrics: false, limits: { maxConnections: mostSockets } });
  own.route("/lab/passage/handshake/:page/socket", { protocols: ["lab.v1"] });
  site.route("socket", { message: (socket, data) => void socket.send(data) });

  const tell = (page: LabPage, report: HandshakeReport): void => page.tell("handshake", report);
  const answer = async (page: LabPage, request: HandshakeRequest): Promise<HandshakeReport> => {
    const address = site.address();
    const path = `/lab/handshake/${page.id}/socket`;
    if (request.type === "ask") {
      if (address === undefined) return { ...request, type: "answered", request: "", response: "", isEnded: true };
      return { type: "answered", probe: request.probe, ...(await probe(request.probe, path, address)) };
    }
    try {
      if (address === undefined) throw new Error("the server does not listen");
      const dialled = [await measureDial(address, path, false)];
      if (!address.secure) dialled.push(await measureDial(await neighbour.address(), neighbour.path, true));
      return { type: "measured", dialled, fault: undefined };
    } catch (error) {
      return { type: "measured", dialled: [], fault: errorMessage(error) };
    }
  };

  return {
    receive(page, message) {
      const request = parseHandshakeRequest(message);
      const count = pending.get(page) ?? 0;
      if (request === undefined || count >= mostPending) return;
      pending.set(page, count + 1);
      void answer(page, request).then((report) => {
        const left = (pending.get(page) ?? 1) - 1;
        if (left === 0) pending.delete(page);
        else pending.set(page, left);
        page.spend(JSON.stringify(report).length);
        tell(page, report);
      });
    },
    passage: (page) => ({
      answer: (_path: string, _message: IncomingMessage, response: ServerResponse) => {
        response.writeHead(404, { "Cache-Control": "no-store", "Content-Length": 0 }).end();
      },
      upgrade: (_path, message, socket, head) => {
        const release = page.hold("handshake", () => void tap.destroy(), mostSocketsOfPage);
        if (release === undefined) return void socket.destroy();
        const request = headOf(message);
        const isExact = message.socket.bytesRead - head.length === request.length;
        const response = new RawHead();
        const tap: RawTap = new RawTap(socket, (direction, bytes) => {
          if (direction === "in" || response.isOver) return;
          const received = response.receive(bytes);
          if (received !== undefined) tell(page, { type: "heads", request, response: received.head, isExact });
        });
        tap.on("error", () => {});
        tap.on("close", release);
        if (!own.handleUpgrade(message, tap, head)) tap.destroy();
      },
    }),
    async close() {
      await Promise.all([own.close(), neighbour.close()]);
    },
  };
}

/** A server with TLS on this machine, for one that has none. */
class Neighbour {
  readonly path = "/echo";
  #server: LongwireServer | undefined;
  #address: Promise<SelfAddress> | undefined;

  /** Where it is; made when first asked for. */
  address(): Promise<SelfAddress> {
    this.#address ??= this.#open().catch((error: unknown) => {
      // Asked again, it tries again.
      this.#address = undefined;
      throw error;
    });
    return this.#address;
  }

  async close(): Promise<void> {
    await this.#address?.catch(() => {});
    await this.#server?.close();
  }

  async #open(): Promise<SelfAddress> {
    const server = createServer({ line: false, metrics: false });
    server.route(this.path, { message: (socket, data) => void socket.send(data) });
    this.#server = server;
    const { port } = await server.listen({ host: "127.0.0.1", port: 0, ...makeOwnCertificate() });
    return { host: "127.0.0.1", port, secure: true };
  }
}
