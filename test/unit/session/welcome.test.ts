import { expect, test } from "vitest";
import { PacketType } from "../../../src/session/packet.ts";
import { defaultSettings } from "../../../src/session/settings.ts";
import { welcomePacket } from "../../../src/session/welcome.ts";
import { bytes } from "../../support/byte-builder.ts";

test("WELCOME says the times in seconds, a heartbeat never as 0", () => {
  const settings = { ...defaultSettings, windowMs: 90_400, heartbeatMs: 100, retainBytes: 5 };
  const offer = { credit: 2, maxMessageBytes: 3, maxChannels: 4 };
  const welcome = welcomePacket({ version: 1, name: "n" }, settings, bytes("t"), offer, 60);
  expect(welcome).toEqual({
    type: PacketType.welcome,
    version: 1,
    name: bytes("n"),
    ticket: bytes("t"),
    ...offer,
    retainBytes: 5,
    windowSeconds: 90,
    heartbeatSeconds: 1,
    expiresSeconds: 60,
  });
});
