// The half of “The way here” on the server: brings requests and sockets of a page to where they are answered. One run at a time for each
// page, and a few for all: each opens ports and connections of its own.
import type { LabPage } from "../pages.ts";
import { answerJson, type LabPart, type LabRequest, type PartSite, type PartSocket } from "../part.ts";
import { SocketMarks } from "../race/meter.ts";
import { DuplexTalk } from "./duplex.ts";
import { runRequests } from "./http-run.ts";
import { traceSocketCalls } from "./socket-calls.ts";
import { WayTalk } from "./talk.ts";
import { runKinds } from "./wire.ts";

const runLimit = 8;

export function wayPart(site: PartSite): LabPart {
  const marks = new SocketMarks();
  const talks = new WeakMap<LabPage, WayTalk>();
  const pageOf = new WeakMap<PartSocket, LabPage>();
  const duplexOf = new WeakMap<PartSocket, DuplexTalk>();
  const running = new Set<LabPage>();

  const talkOf = (page: LabPage): WayTalk => {
    const talk = talks.get(page) ?? new WayTalk(page, marks);
    talks.set(page, talk);
    return talk;
  };
  const talkWith = (socket: PartSocket): WayTalk | undefined => {
    const page = pageOf.get(socket);
    return page === undefined ? undefined : talkOf(page);
  };
  const enter = (socket: PartSocket, page: LabPage): void => void pageOf.set(socket, page);

  site.route("say", { open: enter, message: (socket) => talkWith(socket)?.hear(socket) });
  site.route("talk", { open: enter, message: (socket, data) => talkWith(socket)?.talk(socket, data) });
  site.route("duplex", {
    open: (socket, page) => void duplexOf.set(socket, new DuplexTalk(socket, page)),
    message: (socket, data) => duplexOf.get(socket)?.receive(data),
    close: (socket) => duplexOf.get(socket)?.close(),
  });

  const run = (request: LabRequest, work: () => Promise<unknown>): true => {
    const { page } = request;
    if (running.has(page) || running.size >= runLimit) return answerJson(request, { error: "busy" }, 429);
    running.add(page);
    work()
      .then(
        (result) => answerJson(request, result),
        (error: unknown) => answerJson(request, { error: String(error) }, 500),
      )
      .finally(() => running.delete(page));
    return true;
  };

  return {
    answer(request) {
      const { path, page, query, message, response } = request;
      switch (path) {
        case "calls":
          return run(request, traceSocketCalls);
        case "run": {
          const kind = runKinds.find((known) => known === query.get("kind"));
          return kind !== undefined && run(request, () => runRequests(kind));
        }
        case "visit":
          return answerJson(request, talkOf(page).visit(message, response));
        case "news":
          return answerJson(request, talkOf(page).news);
        case "said":
          return answerJson(request, talkOf(page).takeSaid());
        case "say":
          if (message.method !== "POST") return false;
          talkOf(page).say(message, response);
          return true;
        default:
          return false;
      }
    },
    close: () => marks.close(),
  };
}
