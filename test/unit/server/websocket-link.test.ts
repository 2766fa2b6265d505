import { describe, expect, test } from "vitest";
import type { LinkReceiver } from "../../../src/base/link.ts";
import { WebSocketLink } from "../../../src/server/websocket-link.ts";
import { defaultSettings } from "../../../src/session/settings.ts";
import { bytes } from "../../support/byte-builder.ts";
import { FakeCarrier } from "../../support/fake-carrier.ts";
import { settled } from "../../support/fake-clock.ts";

/** A link on a carrier that records, and what its receiver heard. */
function open(): { carrier: FakeCarrier; link: WebSocketLink; heard: string[] } {
  const carrier = new FakeCarrier();
  const link = new WebSocketLink(carrier);
  const heard: string[] = [];
  const receiver: LinkReceiver = {
    receive: (packet) => heard.push(`packet ${String(packet.length)}`),
    receiveDrain: () => heard.push("drain"),
    receiveClosed: (code) => heard.push(`closed ${String(code)}`),
  };
  link.open(receiver);
  return { carrier, link, heard };
}

describe("WebSocketLink", () => {
  test("the parts of a packet leave as one binary message", () => {
    const { carrier, link } = open();
    link.send([bytes(0), bytes(1, 2)]);
    expect(carrier.sent).toEqual([Buffer.of(0, 1, 2)]);
  });

  test("a packet is a binary message, a text closes with 4400", () => {
    const { carrier, link, heard } = open();
    link.receiveMessage(bytes(1, 2));
    link.receiveMessage("text");
    expect([heard, carrier.closes.map(([code]) => code)]).toEqual([["packet 2"], [4400]]);
  });

  test("there is room again once what filled it has left, though no carrier would have called it pressure", async () => {
    const { carrier, link, heard } = open();
    link.send([bytes(1)]);
    await settled();
    expect(heard).toEqual([]);
    carrier.bufferedBytes = defaultSettings.roomBytes;
    link.send([bytes(1)]);
    link.send([bytes(1)]);
    await settled();
    expect(heard).toEqual(["drain"]);
  });

  test("1006 drops the way, any other code says it; nothing is heard after the end", () => {
    const { carrier, link, heard } = open();
    link.close(4409, "newer");
    link.close(1006, "silent");
    expect([carrier.closes, carrier.terminations.length]).toEqual([[[4409, "newer"]], 1]);
    link.receiveClosed({ code: 1006, reason: "", wasClean: false, cause: undefined });
    link.receiveMessage(bytes(1));
    expect(heard).toEqual(["closed 1006"]);
  });
});
