import type { TLSSocket, TlsOptions as ServerTlsOptions } from "node:tls";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { TlsOptions } from "../../../src/socket/dial.ts";
import { WebSocket } from "../../../src/socket/websocket.ts";
import { makeCertificates, type Certificates, type KeyAndCertificate } from "../../support/certificates.ts";
import { listenRaw, serverClose, serverMessage, type RawServer } from "../../support/raw-server.ts";
import { recordSocket, type SocketRecord } from "../../support/socket-events.ts";
import { openssl } from "../../support/tools.ts";

const refused = ["error 3", "close 3 1006 false"];

describe.skipIf(openssl === undefined)("wss", () => {
  let certificates: Certificates;
  let server: RawServer | undefined;

  beforeAll(() => {
    certificates = makeCertificates(openssl as string);
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  async function dial(
    identity: KeyAndCertificate,
    tls: TlsOptions,
    { host = "localhost", serverTls = {} }: { host?: string; serverTls?: ServerTlsOptions } = {},
  ): Promise<{ server: RawServer; socket: WebSocket; record: SocketRecord }> {
    server = await listenRaw({ ...identity, ...serverTls });
    const socket = new WebSocket(server.url("/", host), { tls });
    return { server, socket, record: recordSocket(socket) };
  }

  test("V-53 a certificate of a trusted authority for this name opens the connection", async () => {
    const seen = await dial(certificates.valid, { ca: certificates.ca });
    const caller = await seen.server.next();
    caller.open({}, serverMessage("hello"));
    expect(await seen.record.nextMessage()).toBe("hello");
    const secure = caller.peer.socket as TLSSocket;
    expect(secure.alpnProtocol).toBe(false);
    expect((secure as unknown as { servername: string }).servername).toBe("localhost");
    caller.peer.write(serverClose(1000));
    expect((await caller.peer.nextFrame()).opcode).toBe(8);
    caller.peer.end();
    expect(await seen.record.closed).toEqual(["open 1", "message 1 hello", "close 3 1000 true"]);
  });

  test("V-53 an address is checked against the certificate as well", async () => {
    const seen = await dial(certificates.valid, { ca: certificates.ca }, { host: "127.0.0.1" });
    (await seen.server.next()).open();
    await seen.record.opened;
    seen.socket.terminate();
    await seen.record.closed;
  });

  const untrusted: [name: string, identity: () => KeyAndCertificate, tls: () => TlsOptions, detail: RegExp][] = [
    ["an authority that is not trusted", () => certificates.valid, () => ({}), /verify|self.signed|issuer/i],
    ["another name", () => certificates.otherName, () => ({ ca: certificates.ca }), /altnames/],
    ["a past date", () => certificates.expired, () => ({ ca: certificates.ca }), /expired/],
    [
      "another name, rejectUnauthorized given as undefined",
      () => certificates.otherName,
      () => ({ ca: certificates.ca, rejectUnauthorized: undefined, checkServerIdentity: undefined }),
      /altnames/,
    ],
  ];
  test.each(untrusted)("V-53 P-27 a certificate of %s is refused", async (_name, identity, tls, detail) => {
    const seen = await dial(identity(), tls());
    expect(await seen.record.closed).toEqual(refused);
    expect(seen.socket.cause?.code).toBe("LW_SOCKET_TLS_FAILED");
    expect(seen.socket.cause?.message).toMatch(detail);
  });

  test("V-53 rejectUnauthorized: false is the only way around", async () => {
    const seen = await dial(certificates.expired, { rejectUnauthorized: false });
    (await seen.server.next()).open();
    await seen.record.opened;
    seen.socket.terminate();
    await seen.record.closed;
  });

  test("V-53 a server that offers TLS 1.1 at best is refused, even if that was asked for", async () => {
    const old: ServerTlsOptions = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" };
    const tls: TlsOptions = { ca: certificates.ca, minVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" };
    const seen = await dial(certificates.valid, tls, { serverTls: old });
    expect(await seen.record.closed).toEqual(refused);
    expect(seen.socket.cause?.code).toBe("LW_SOCKET_TLS_FAILED");
  });

  test("V-53 a FIN without close_notify is 1006: what came before it may have been cut short", async () => {
    const seen = await dial(certificates.valid, { ca: certificates.ca });
    const caller = await seen.server.next();
    caller.open();
    await seen.record.opened;
    // The TCP socket under the TLS one: its FIN comes without the alert that ends a TLS stream.
    (caller.peer.socket as unknown as { _parent: { end(): void } })._parent.end();
    expect(await seen.record.closed).toEqual(["open 1", "error 3", "close 3 1006 false"]);
  });

  test("a client's certificate is shown to a server that asks for it", async () => {
    const { ca, valid, otherName } = certificates;
    const seen = await dial(valid, { ca, ...otherName }, { serverTls: { ca, requestCert: true } });
    const caller = await seen.server.next();
    expect((caller.peer.socket as TLSSocket).authorized).toBe(true);
    seen.socket.terminate();
    await seen.record.closed;
  });
});
