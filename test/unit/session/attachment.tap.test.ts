// Looking on at one transport: each packet is shown once, whatever carries it, and nobody is asked for anything.
import { expect, test } from "vitest";
import { Attachment } from "../../../src/session/attachment.ts";
import type { Way } from "../../../src/session/way.ts";
import type { AttachmentHost } from "../../../src/session/attachment-host.ts";
import type { PacketTap } from "../../../src/session/way.ts";
import { Ledger } from "../../../src/session/ledger.ts";
import { PacketType } from "../../../src/session/packet.ts";
import { encodePacket } from "../../../src/session/packet-encoder.ts";
import { defaultSettings } from "../../../src/session/settings.ts";
import { bytes } from "../../support/byte-builder.ts";
import { MemoryCourier, MemoryLink } from "../../support/memory-link.ts";
import { RecordedUser } from "../../support/recorded-user.ts";

const ping = { type: PacketType.ping, token: 4 } as const;
const room = { maxBytes: 256 * 1024, maxPackets: 100 };

/** What passes on `way`, as the type of each packet. */
function watch(way: Way) {
  const seen: string[] = [];
  const tap: PacketTap = {
    receiveArrived: (transport, packet) => seen.push(`${transport} in ${String(packet[0])}`),
    receiveSent: (transport, packet) => seen.push(`${transport} out ${String(packet[0])}`),
  };
  const host: AttachmentHost<Attachment> = {
    tap,
    receiveData: () => seen.push("data taken") > 0,
    receivePacket: () => {},
    fail: () => {},
    receiveLost: () => {},
    receiveRoom: () => {},
    now: () => 0,
  };
  const user = new RecordedUser();
  const ledger = new Ledger(defaultSettings, user);
  const attach = (to: Way): Attachment => {
    const attachment = new Attachment(to, defaultSettings, host);
    attachment.bind(host, ledger, 1);
    return attachment;
  };
  return { seen, user, attach, attachment: attach(way) };
}

test("each packet of a link is shown once, before what it brings about, also one that is sent again", () => {
  const { seen, user, attach, attachment } = watch({ kind: "websocket", link: new MemoryLink() });
  user.say("a");
  attachment.pump();
  attachment.receive(bytes(0, "b"));
  attachment.send(ping);
  expect(seen).toEqual(["websocket out 0", "websocket in 0", "data taken", "websocket out 2"]);
  attach({ kind: "stream", link: new MemoryLink() }).pump();
  expect(seen.at(-1)).toBe("stream out 0");
});

test("of a way made of requests each packet of each body, both ways", () => {
  const { seen, user, attachment } = watch({ kind: "longpoll", courier: new MemoryCourier() });
  attachment.openBody().receive(encodePacket(ping));
  user.say("a");
  attachment.take(room);
  attachment.takeAnswer(true);
  expect(seen).toEqual(["longpoll in 2", "longpoll out 4", "longpoll out 0", "longpoll out 1"]);
});
