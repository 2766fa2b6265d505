import { Duplex } from "node:stream";
import { describe, expect, test } from "vitest";
import { platform } from "../../../src/base/platform.ts";
import { resolveLimits } from "../../../src/base/limits.ts";
import { acceptSocket, type AcceptOptions } from "../../../src/socket/accept.ts";
import type { Carrier, CarrierOwner } from "../../../src/base/carrier.ts";
import { createRuntime } from "../../../src/socket/runtime.ts";
import { concat } from "../../support/byte-builder.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";
import { frameTo, showText, writeFrame } from "../../support/naive-frame-codec.ts";

/** A socket that keeps what is written to it. */
class KeptStream extends Duplex {
  readonly written: Buffer[] = [];

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(chunk);
    done();
  }

  get text(): string {
    return Buffer.concat(this.written).toString("latin1");
  }
}

const response = "HTTP/1.1 101 Switching Protocols\r\nX-Name: caf\xe9\r\n\r\n";

/** Accepts a stream; the owner writes what it is told into `lines`. */
function accept(
  overrides: Partial<AcceptOptions> = {},
  onCarrier: (carrier: Carrier) => void = () => {},
): { stream: KeptStream; carrier: Carrier; lines: string[] } {
  const stream = new KeptStream();
  const lines: string[] = [];
  const owner: CarrierOwner = {
    receiveMessage: (data) => void lines.push(showText(data)),
    receivePing: () => lines.push("ping"),
    receivePong: () => lines.push("pong"),
    receiveClosing: () => lines.push("closing"),
    receiveClosed: ({ code }) => lines.push(`closed ${code}`),
  };
  const options: AcceptOptions = {
    response,
    head: new Uint8Array(),
    protocol: "chat",
    extensions: "",
    limits: resolveLimits(),
    runtime: createRuntime({ clock: new FakeClock() }),
    ...overrides,
  };
  const carrier = acceptSocket(stream, options, (given) => {
    onCarrier(given);
    return owner;
  });
  return { stream, carrier, lines };
}

test("the 101 is written first, byte for byte, then what the owner sends", async () => {
  const { stream, carrier } = accept({}, (given) => void given.send("at once"));
  expect([carrier.protocol, carrier.extensions]).toEqual(["chat", ""]);
  await settled();
  expect(stream.text).toBe(`${response}\x81\x07at once`);
});

describe("P-13 what was glued to the request", () => {
  const head = concat([frameTo("server", 1, "first"), frameTo("server", 1, "second")]);

  test("is delivered after acceptSocket has returned, so that the owner can open itself first", async () => {
    const { stream, lines } = accept({ head });
    expect(lines).toEqual([]);
    stream.push(frameTo("server", 1, "third"));
    await settled();
    expect(lines).toEqual(["first", "second", "third"].map(showText));
  });

  test("may be broken: the connection then fails like any other", async () => {
    const { stream, lines } = accept({ head: frameTo("client", 1, "unmasked") });
    await settled();
    expect(lines[0]).toBe("closing");
    expect(stream.text).toContain("must be masked");
  });
});

test("P-31 it reads as a server: frames must be masked, and its own are not", async () => {
  const { stream, carrier, lines } = accept();
  stream.push(frameTo("server", 1, "masked"));
  await settled();
  expect(lines).toEqual([showText("masked")]);
  carrier.send("plain");
  await settled();
  expect(stream.text.endsWith("\x81\x05plain")).toBe(true);
});

test("P-37 lenientLength is passed on", async () => {
  const long = writeFrame({ opcode: 1, payload: "hello", lengthForm: 16, key: Uint8Array.of(1, 2, 3, 4) });
  const strict = accept({ head: long });
  const lenient = accept({ head: long, lenientLength: true });
  await settled();
  expect(strict.lines[0]).toBe("closing");
  expect(lenient.lines).toEqual([showText("hello")]);
});

describe("V-32 a socket that dies while it is being accepted", () => {
  test("with an error, before anything was read: told as 1006, and nothing is thrown", async () => {
    const { stream, lines } = accept();
    stream.destroy(new Error("reset"));
    await settled();
    expect(lines).toEqual(["closing", "closed 1006"]);
  });

  test("or before it was accepted at all", async () => {
    const stream = new KeptStream();
    stream.on("error", () => {});
    stream.destroy(new Error("reset"));
    await settled();
    const lines: string[] = [];
    acceptSocket(
      stream,
      {
        response,
        head: frameTo("server", 1, "glued"),
        protocol: "",
        extensions: "",
        limits: resolveLimits(),
        runtime: createRuntime({ clock: new FakeClock() }),
      },
      () => ({
        receiveMessage: (data) => void lines.push(showText(data)),
        receivePing: () => {},
        receivePong: () => {},
        receiveClosing: () => lines.push("closing"),
        receiveClosed: ({ code }) => lines.push(`closed ${code}`),
      }),
    );
    await settled();
    expect(lines).toEqual([showText("glued"), "closing", "closed 1006"]);
  });

  test("because its owner drops it at once", async () => {
    const { lines } = accept({ head: frameTo("server", 1, "glued") }, (carrier) => carrier.terminate());
    await settled();
    expect(lines.at(-1)).toBe("closed 1006");
    expect(lines).not.toContain(showText("glued"));
  });
});

test("an owner that closes at once is told so, and what was glued is not delivered", async () => {
  const { stream, lines } = accept({ head: frameTo("server", 1, "glued") }, (carrier) => carrier.close(1001, "bye"));
  await settled();
  expect(lines).not.toContain(showText("glued"));
  expect(stream.text.slice(response.length)).toBe("\x88\x05\x03\xe9bye");
  expect(lines).toEqual(["closing"]);
  stream.push(frameTo("server", 8, Uint8Array.of(3, 0xe9)));
  stream.push(null);
  await settled();
  expect(lines).toEqual(["closing", "closed 1001"]);
});

test("Node's own platform is in force once this is imported", () => {
  expect(platform.allocate.toString()).toContain("Buffer");
});
