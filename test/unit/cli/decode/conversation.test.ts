import { describe, expect, test } from "vitest";
import {
  type Entry,
  explainBytes,
  explainStream,
  isEncrypted,
  isReadable,
  mostHttpMessages,
} from "../../../../src/cli/decode/conversation.ts";
import { readSegment } from "../../../../src/cli/decode/segments.ts";
import { StreamTable, type TcpStream } from "../../../../src/cli/decode/tcp-streams.ts";
import { bytes, hex, utf8 } from "../../../support/byte-builder.ts";
import { conversation, ipPacket } from "../../../support/capture-builder.ts";

const request = "GET /x HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
const answer = (more = ""): string => `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n${more}\r\n`;
const fromClient = hex("81 85 37 fa 21 3d 7f 9f 4d 51 58");
const fromServer = hex("81 05 48 65 6c 6c 6f");

const brief = (entry: Entry): string => {
  const said =
    entry.kind === "http"
      ? entry.message.startLine
      : entry.kind === "note"
        ? entry.text
        : Buffer.from(entry.frame.payload).toString();
  return `${entry.from ?? "?"} ${said}${"packets" in entry && entry.packets.length > 0 ? ` | ${entry.packets.join(" | ")}` : ""}`;
};

function streamOf(packets: readonly Uint8Array[]): TcpStream {
  const table = new StreamTable();
  for (const [index, packet] of packets.entries()) {
    const segment = readSegment({ at: index, linkType: 101, bytes: packet, isCut: false });
    if (segment !== undefined) table.add(segment);
  }
  const [stream] = table.finish();
  if (stream === undefined) throw new Error("There is no connection in it.");
  return stream;
}

describe("one run of bytes", () => {
  test("as many HTTP messages as anybody reads, and a word about the others", () => {
    const entries = explainBytes(utf8("GET / HTTP/1.1\n\n".repeat(mostHttpMessages + 5)));
    expect(entries).toHaveLength(mostHttpMessages + 1);
    expect(entries.at(-1)).toMatchObject({ kind: "note", text: `More than ${mostHttpMessages} HTTP messages.` });
  });

  test("the handshake of both sides and frames of both sides, one behind the other", () => {
    const run = bytes(request, answer(), fromClient, fromServer);
    expect(explainBytes(run).map(brief)).toEqual([
      "client GET /x HTTP/1.1",
      "server HTTP/1.1 101 Switching Protocols",
      "client Hello",
      "server Hello",
    ]);
  });

  test("frames alone, and where they end too early", () => {
    expect(explainBytes(bytes(fromServer, hex("81 05 48"))).map(brief)).toEqual([
      "server Hello",
      "server H",
      "? The bytes end inside the frame at 7: 1 of 5 payload bytes are there.",
    ]);
  });

  test("a session is known by its subprotocol or its greeting", () => {
    const greet = hex("82 05 05 4c 57 01 01");
    const ack = hex("82 82 00000000 01 07");
    const words = ["server \u0005LW\u0001\u0001 | GREET: a Longwire server, versions 1 to 1"];
    expect(explainBytes(bytes(greet, ack)).map(brief)).toEqual([
      ...words,
      "client \u0001\u0007 | ACK: everything up to number 7 has come",
    ]);
    const agreed = bytes(answer("Sec-WebSocket-Protocol: longwire.1\r\n"), hex("82 02 02 07"));
    expect(explainBytes(agreed).map(brief).at(-1)).toBe("server \u0002\u0007 | PING 7");
    expect(explainBytes(hex("82 02 02 07")).map(brief)).toEqual(["server \u0002\u0007"]);
  });

  test("TLS is known and not read; a head that is cut off is said", () => {
    expect(explainBytes(hex("16 03 01 02 00 01")).map(brief)).toEqual([
      expect.stringMatching(/TLS: what is inside cannot be read/),
    ]);
    expect(explainBytes(utf8("GET /x HTTP/1.1\r\nHost:")).map(brief)).toEqual([
      expect.stringMatching(/end inside the HTTP head at 0/),
    ]);
  });
});

describe("both sides of a connection", () => {
  test("in the order in which they spoke, with times", () => {
    const stream = streamOf(
      conversation([
        ["client", request],
        ["server", answer()],
        ["server", fromServer],
        ["client", fromClient],
        ["server", fromServer.subarray(0, 3)],
        ["server", fromServer.subarray(3)],
      ]),
    );
    const entries = explainStream(stream).filter(({ kind }) => kind !== "note");
    expect(entries.map((entry) => [entry.at, brief(entry)])).toEqual([
      [2, "client GET /x HTTP/1.1"],
      [3, "server HTTP/1.1 101 Switching Protocols"],
      [4, "server Hello"],
      [5, "client Hello"],
      [7, "server Hello"],
    ]);
    expect(explainStream(stream).at(-1)).toMatchObject({ kind: "note", text: "TCP ended." });
  });

  test("requests of a session over HTTP, several on one connection", () => {
    const type = "Content-Type: application/longwire\r\n";
    const stream = streamOf(
      conversation([
        ["client", bytes(`POST /longwire/send HTTP/1.1\r\n${type}Content-Length: 3\r\n\r\n`, hex("02 01 20"))],
        [
          "server",
          bytes(`HTTP/1.1 200 OK\r\n${type}Transfer-Encoding: chunked\r\n\r\n3\r\n`, hex("02 03 07"), "\r\n0\r\n\r\n"),
        ],
        ["client", "GET /longwire/poll HTTP/1.1\r\n\r\n"],
        ["server", "HTTP/1.1 204 No Content\r\n\r\n"],
      ]),
    );
    const said = explainStream(stream).filter(({ kind }) => kind === "http");
    expect(said.map(brief)).toEqual([
      "client POST /longwire/send HTTP/1.1 | ACK: everything up to number 32 has come",
      "server HTTP/1.1 200 OK | PONG 7",
      "client GET /longwire/poll HTTP/1.1",
      "server HTTP/1.1 204 No Content",
    ]);
  });

  test("a capture that began in the middle: who masks is the client, whoever spoke first", () => {
    const turned = streamOf([
      ipPacket({ from: 8101, to: 50_000, sequence: 5, payload: fromServer }),
      ipPacket({ from: 50_000, to: 8101, sequence: 9, payload: fromClient }),
    ]);
    expect(explainStream(turned).map(brief)).toEqual(["server Hello", "client Hello"]);
  });

  test("what is left out, because there is too much of it, is told", () => {
    const stream = streamOf([ipPacket({ sequence: 1, payload: fromClient })]);
    const more = { ...stream, opener: { ...stream.opener, leftOut: 77 } };
    expect(explainStream(more).map(brief)).toContain(
      "client 77 more bytes came this way and are left out: of one direction 64 MiB are looked at.",
    );
  });

  test("what was lost, repeated or reset is told", () => {
    const stream = streamOf([
      ipPacket({ sequence: 1, payload: fromClient }),
      ipPacket({ sequence: 1, payload: fromClient }),
      ipPacket({ sequence: 100, payload: "later" }),
      ipPacket({ sequence: 105, flags: "R" }),
    ]);
    const notes = explainStream(stream).filter(({ kind }) => kind === "note");
    expect(notes.map(brief).join(" ")).toMatch(/lacks 88 bytes.*1 segment came again.*TCP was reset/);
  });

  test("what can be read is known from what cannot", () => {
    const of = (text: string | Uint8Array): TcpStream => streamOf([ipPacket({ sequence: 1, payload: text })]);
    expect([isReadable(of(request)), isReadable(of(fromServer)), isReadable(of("SSH-2.0-x"))]).toEqual([
      true,
      true,
      false,
    ]);
    expect([
      isEncrypted(of(hex("16 03 01 02 00"))),
      isReadable(of(hex("16 03 01 02 00"))),
      isEncrypted(of(request)),
    ]).toEqual([true, false, false]);
  });
});
