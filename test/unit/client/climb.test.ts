import { describe, expect, test } from "vitest";
import { type CreateDetours, Detours } from "../../../src/client/detours.ts";
import { type LineOptions, WebSocketLine } from "../../../src/client/line.ts";
import type { LineSocket } from "../../../src/client/line-socket.ts";
import type { Surroundings } from "../../../src/client/surroundings.ts";
import { ClientNetwork } from "../../support/client-network.ts";

interface Bench {
  readonly network: ClientNetwork;
  readonly line: WebSocketLine;
  readonly socket: LineSocket;
  /** What carried it, in order, and what was told beside. */
  readonly told: string[];
}

function begin(prepare: (network: ClientNetwork) => void, options: LineOptions = {}): Bench {
  const network = new ClientNetwork();
  network.sockets = "refuse";
  prepare(network);
  const line = new WebSocketLine("https://a.example", options, network.surroundings, network.createDetours);
  const socket = line.open("/a");
  const told: string[] = [];
  line.addEventListener("transport", () => told.push(String(line.transport)));
  for (const type of ["suspend", "error", "close"]) socket.addEventListener(type, () => told.push(type));
  socket.onmessage = ({ data }) => told.push(String(data));
  return { network, line, socket, told };
}

/** A stream that was mute once, and is not any more. */
function lateStream(network: ClientNetwork): void {
  network.requests.stream = "mute";
  network.clock.schedule(5_000, () => (network.requests.stream = "works"));
}

describe("wire/session-v1 §4.6, climbing between requests", () => {
  test("from longpoll to stream, when a probe shows that answers come as they are written; nothing is lost, nothing suspended", async () => {
    const { network, socket, told } = begin(lateStream);
    await network.clock.advanceAsync(2_000);
    expect(told).toEqual(["longpoll"]);
    for (let number = 0; number < 100; number++) {
      socket.send(String(number));
      await network.clock.advanceAsync(200);
    }
    await network.clock.advanceAsync(11_000);
    const numbers = Array.from({ length: 100 }, (_, number) => String(number));
    expect(told.filter((word) => !/^\d/.test(word))).toEqual(["longpoll", "stream"]);
    expect(told.filter((word) => /^\d/.test(word))).toEqual(numbers);
    expect(network.registry.sessionCount).toBe(1);
  });

  test("and from there to WebSocket", async () => {
    const { network, told } = begin(lateStream);
    await network.clock.advanceAsync(30_000);
    network.sockets = "works";
    await network.clock.advanceAsync(60_000);
    expect(told).toEqual(["longpoll", "stream", "websocket"]);
  });

  test("a path that lets answers through only whole is asked for no stream, however often it is probed", async () => {
    const { network, told } = begin((it) => {
      lateStream(it);
      it.path = "buffers";
    });
    await network.clock.advanceAsync(300_000);
    expect([told, network.tried.filter((kind) => kind === "stream").length]).toEqual([["longpoll"], 1]);
    expect(network.probed).toBeGreaterThan(4);
  });

  test.each(["none", 404, 503] as const)("nor is one on which a probe is answered with %s", async (path) => {
    const { network, told } = begin((it) => {
      lateStream(it);
      it.path = path;
    });
    await network.clock.advanceAsync(100_000);
    expect([told, network.tried.filter((kind) => kind === "stream").length]).toEqual([["longpoll"], 1]);
  });

  test("a stream that is mute although its probe was not costs the session nothing but time", async () => {
    const { network, told, socket } = begin((it) => (it.requests.stream = "mute"));
    await network.clock.advanceAsync(100_000);
    socket.send("hello");
    await network.clock.advanceAsync(10_000);
    expect(network.tried.filter((kind) => kind === "stream").length).toBeGreaterThan(2);
    expect(told).toEqual(["longpoll", "hello"]);
  });

  test("whoever polls for want of a seat takes one that has become free, for the best that the path bears", async () => {
    for (const [path, kind] of [
      ["streams", "stream"],
      ["buffers", "longpoll"],
    ] as const) {
      const { network, told } = begin((it) => {
        it.hasSeat = false;
        it.path = path;
      });
      await network.clock.advanceAsync(60_000);
      expect([told, network.probed]).toEqual([["poll"], 0]);
      network.hasSeat = true;
      await network.clock.advanceAsync(60_000);
      expect(told).toEqual(["poll", kind]);
    }
  });

  test("a seat that was taken for nothing is given back", async () => {
    const seats: boolean[] = [];
    const network = new ClientNetwork();
    network.sockets = "refuse";
    network.requests.stream = "mute";
    network.requests.longpoll = "mute";
    const surroundings: Surroundings = {
      ...network.surroundings,
      takeSeat: (_origin, receive) => {
        const number = seats.push(true) - 1;
        receive(number > 2);
        return { leave: () => (seats[number] = false) };
      },
    };
    const createDetours: CreateDetours = (terms) => new Detours(terms, surroundings, network.createRequests);
    const line = new WebSocketLine("https://a.example", {}, surroundings, createDetours);
    line.open("/a");
    for (const path of ["none", "streams", "buffers"] as const) {
      network.path = path;
      await network.clock.advanceAsync(100_000);
    }
    expect(seats.length).toBeGreaterThan(5);
    await network.clock.advanceAsync(12_000);
    expect([line.transport, seats.slice(0, -1).filter(Boolean)]).toEqual(["poll", []]);
  });

  test("nobody looks while the page is hidden, offline or put away", async () => {
    for (const state of [{ isHidden: true }, { isOnline: false }, { isAway: true }]) {
      const { network, told } = begin(lateStream);
      await network.clock.advanceAsync(2_000);
      Object.assign(network.page, state);
      await network.clock.advanceAsync(200_000);
      expect([told, network.probed]).toEqual([["longpoll"], 0]);
    }
  });

  test("without WebSocket among what may be used it climbs all the same, and never beyond what may be used", async () => {
    const { network, told } = begin(lateStream, { transports: ["stream", "longpoll"] });
    await network.clock.advanceAsync(60_000);
    expect([told, network.tried.includes("websocket")]).toEqual([["longpoll", "stream"], false]);
  });
});
