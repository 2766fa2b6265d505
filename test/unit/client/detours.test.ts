import { expect, test } from "vitest";
import { Detours } from "../../../src/client/detours.ts";
import { LADDER } from "../../../src/client/ladder.ts";
import type { RequestOptions } from "../../../src/client/requests.ts";
import type { Surroundings } from "../../../src/client/surroundings.ts";
import { ClientNetwork } from "../../support/client-network.ts";

const terms = { origin: "https://a.example", base: "https://a.example/line", transports: LADDER, withCookies: true };

function begin(lacking: Partial<Surroundings> = {}, transports = LADDER): { network: ClientNetwork; detours: Detours } {
  const network = new ClientNetwork();
  const surroundings = { ...network.surroundings, ...lacking };
  return { network, detours: new Detours({ ...terms, transports }, surroundings, network.createRequests) };
}

function seated(detours: Detours, kind: "stream" | "longpoll" | "poll"): string[] {
  const told: string[] = [];
  detours.takeSeat(kind, (possible) => told.push(possible));
  return told;
}

test("what holds a request needs a seat, and without one it polls if it may", () => {
  const { network, detours } = begin();
  expect(seated(detours, "stream")).toEqual(["stream"]);
  network.hasSeat = false;
  expect(seated(detours, "longpoll")).toEqual(["poll"]);
  const strict = begin({}, ["stream"]);
  strict.network.hasSeat = false;
  expect(seated(strict.detours, "stream")).toEqual(["stream"]);
});

test("polling needs no seat, and nobody is asked for one", () => {
  const { detours } = begin({
    takeSeat: () => {
      throw new Error("No seat is needed.");
    },
  });
  expect(seated(detours, "poll")).toEqual(["poll"]);
});

test("requests are made as the line says, and tell the ladder of what is cut", () => {
  const network = new ClientNetwork();
  const made: RequestOptions[] = [];
  const detours = new Detours(terms, network.surroundings, (options) => {
    made.push(options);
    return network.createRequests(options);
  });
  const credentials = { ticket: new Uint8Array(0), received: 0 };
  detours.create("longpoll", credentials);
  expect(made[0]).toMatchObject({ kind: "longpoll", base: "https://a.example/line", withCookies: true, credentials });
  made[0]?.receiveHeldEnd(true);
  made[0]?.receiveHeldEnd(true);
  expect(detours.ladder.order).toEqual(["websocket", "stream", "poll"]);
});

test("where there are no requests there is nothing to make them with", () => {
  const { detours } = begin({ fetch: undefined });
  expect(detours.create("poll", { ticket: new Uint8Array(0), received: 0 })).toBeUndefined();
  expect(detours.ladder.usable).toEqual(["websocket"]);
});
