import { Server, type IncomingMessage, type ServerResponse } from "node:http";
import { Socket } from "node:net";
import { IncomingMessage as Message } from "node:http";
import { describe, expect, it, vi } from "vitest";
import { attachTo, serveAsPlain, type Claimant } from "../../../src/server/attachment.ts";
import { settled } from "../../support/fake-clock.ts";
import { StreamEnd } from "../../support/stream-end.ts";

function claimant(path: string) {
  return {
    claims: (message: IncomingMessage) => message.url === path,
    receiveUpgrade: vi.fn<Claimant["receiveUpgrade"]>(),
    refuseUnclaimed: vi.fn<Claimant["refuseUnclaimed"]>(),
    receiveRequest: vi.fn<Claimant["receiveRequest"]>((message) => message.url === `${path}/send`),
  };
}

function messageFor(
  url: string,
  upgrade = "websocket",
  method = "GET",
  headers: Record<string, string> = {},
): IncomingMessage {
  const message = new Message(new Socket());
  const rawHeaders = ["Upgrade", upgrade];
  Object.assign(message, { url, method, rawHeaders, headers, httpVersionMajor: 1, httpVersionMinor: 1 });
  return message;
}

const emit = (server: Server, message: IncomingMessage): StreamEnd => {
  const socket = new StreamEnd();
  server.emit("upgrade", message, socket, Buffer.alloc(0));
  return socket;
};

describe("an attachment", () => {
  it("takes the plain requests that are ours before listeners of any age, and nothing once it has left", () => {
    const [server, ours] = [new Server(), claimant("/a")];
    const before = vi.fn<(message: IncomingMessage) => void>();
    const after = vi.fn<(message: IncomingMessage) => void>();
    server.on("request", before);
    const detach = attachTo(server, ours);
    server.on("request", after);
    const response = {} as ServerResponse;
    for (const url of ["/a/send", "/a", "/"]) server.emit("request", messageFor(url), response);
    const urls = (heard: typeof before): (string | undefined)[] => heard.mock.calls.map(([message]) => message.url);
    expect([urls(before), urls(after)]).toEqual([
      ["/a", "/"],
      ["/a", "/"],
    ]);
    expect(server.listenerCount("request")).toBe(2);
    detach();
    server.emit("request", messageFor("/a/send"), response);
    expect(urls(after)).toEqual(["/a", "/", "/a/send"]);
    expect(Object.hasOwn(server, "emit")).toBe(false);
  });

  it("leaves what somebody else put before emit as it found it, or alone", () => {
    const [server, ours] = [new Server(), claimant("/a")];
    const theirs = vi.fn((_event: string) => true);
    server.emit = theirs;
    attachTo(server, ours)();
    expect(server.emit).toBe(theirs);
    const detach = attachTo(server, ours);
    const later = vi.fn((event: string) => theirs(event));
    server.emit = later;
    detach();
    expect(server.emit).toBe(later);
    server.emit("request", messageFor("/a/send"), {} as ServerResponse);
    expect(theirs).toHaveBeenCalledTimes(1);
  });

  it("gives each of ours what it claims, and shares one listener", () => {
    const [server, first, second] = [new Server(), claimant("/a"), claimant("/b")];
    attachTo(server, first);
    attachTo(server, second);
    expect(server.listenerCount("upgrade")).toBe(1);
    emit(server, messageFor("/a"));
    emit(server, messageFor("/b"));
    expect([first.receiveUpgrade.mock.calls.length, second.receiveUpgrade.mock.calls.length]).toEqual([1, 1]);
  });

  it("refuses what nobody claims only while nobody else listens", () => {
    const [server, ours] = [new Server(), claimant("/a")];
    attachTo(server, ours);
    emit(server, messageFor("/x"));
    expect(ours.refuseUnclaimed).toHaveBeenCalledTimes(1);
    server.on("upgrade", () => {});
    emit(server, messageFor("/x"));
    expect(ours.refuseUnclaimed).toHaveBeenCalledTimes(1);
  });

  it("serves an upgrade to another protocol as the plain request it is, unless somebody else listens", async () => {
    const [server, ours] = [new Server(), claimant("/a")];
    const asked: string[] = [];
    server.on("request", (message: IncomingMessage, response: ServerResponse) => {
      asked.push(message.url ?? "");
      response.end("page");
    });
    attachTo(server, ours);
    const socket = emit(server, messageFor("/x", "h2c"));
    await settled();
    expect(socket.text).toMatch(/^HTTP\/1\.1 200 OK[^]*Connection: close[^]*page$/);
    server.on("upgrade", () => {});
    emit(server, messageFor("/x", "h2c"));
    expect(asked).toEqual(["/x"]);
    expect(ours.refuseUnclaimed).not.toHaveBeenCalled();
  });

  it("V-26 ends when the last of ours leaves", () => {
    const [server, ours, others] = [new Server(), claimant("/a"), claimant("/b")];
    const [detach, detachOther] = [attachTo(server, ours), attachTo(server, others)];
    detach();
    emit(server, messageFor("/a"));
    expect(ours.receiveUpgrade).not.toHaveBeenCalled();
    expect(server.listenerCount("upgrade")).toBe(1);
    detachOther();
    expect(server.listenerCount("upgrade")).toBe(0);
    attachTo(server, ours);
    expect(server.listenerCount("upgrade")).toBe(1);
  });

  it("leaves a decision that somebody put in its place where it is", () => {
    const server: Server & { shouldUpgradeCallback?: () => boolean } = new Server();
    server.shouldUpgradeCallback = () => true;
    const detach = attachTo(server, claimant("/a"));
    const theirs = (): boolean => false;
    server.shouldUpgradeCallback = theirs;
    detach();
    expect(server.shouldUpgradeCallback).toBe(theirs);
  });
});

describe("serving a request as plain", () => {
  it.each([
    ["a body by length", messageFor("/", "h2c", "GET", { "content-length": "1" })],
    ["a body in chunks", messageFor("/", "h2c", "GET", { "transfer-encoding": "chunked" })],
    ["another method", messageFor("/", "h2c", "POST")],
  ])("V-47 is not done with %s, which would be left on the socket", (_what, message) => {
    const serve = vi.fn();
    const socket = new StreamEnd();
    expect(serveAsPlain(message, socket, serve)).toBe(false);
    expect(serve).not.toHaveBeenCalled();
    expect(socket.text).toBe("");
  });
});
