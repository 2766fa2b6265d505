// The command line as a whole: TLS between its commands, and what it says when it is used wrongly.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Certificate, makeCertificate } from "../support/certificate.ts";
import { runCli, startCli, stopAll, urlIn } from "../support/cli-process.ts";
import { openssl } from "../support/tools.ts";
import { letGo, openWs } from "../support/ws-peer.ts";

afterEach(() => {
  letGo();
  stopAll();
});

describe.skipIf(openssl === undefined)("TLS on the command line", () => {
  let certificate: Certificate | undefined;
  beforeAll(() => {
    certificate = makeCertificate(openssl ?? "");
  });
  afterAll(() => certificate?.remove());
  const files = (): string[] => ["--cert", certificate?.cert ?? "", "--key", certificate?.key ?? ""];

  it("echoes over wss, to clients that trust the certificate or were told not to ask", async () => {
    const cli = startCli(["echo", "--port", "0", ...files()]);
    const line = await cli.firstLine;
    expect(line).toMatch(/^listening wss:\/\/127\.0\.0\.1:\d+$/);
    expect(await runCli(["connect", urlIn(line), "--insecure"], "secret\n")).toEqual({
      code: 0,
      out: "secret\n",
      err: "",
    });
    const trusting = { NODE_EXTRA_CA_CERTS: certificate?.cert ?? "" };
    expect((await runCli(["connect", urlIn(line)], "secret\n", trusting)).out).toBe("secret\n");
  });

  it("V-26 does not trust a certificate that nobody vouches for", async () => {
    const cli = startCli(["echo", "--port", "0", ...files()]);
    const { code, out, err } = await runCli(["connect", urlIn(await cli.firstLine)], "secret\n");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/certificate/i);
  });

  it("serves the chat over https", async () => {
    const cli = startCli(["serve", "--port", "0", ...files()]);
    expect(await cli.firstLine).toMatch(/^Longwire is serving https:\/\/127\.0\.0\.1:\d+\/$/);
    const room = `${urlIn(await cli.firstLine).replace("https", "wss")}chat/lobby`;
    await openWs(room, { rejectUnauthorized: false });
  });
});

describe("misuse", () => {
  it.each([
    [[], "Usage: longwire"],
    [["srve"], "(Did you mean serve?)"],
    [["serve", "--port", "70000"], "0 to 65535"],
    [["serve", "--cert", "x.pem"], "--cert was given without --key"],
    [["echo", "--port", "0", "--key", "x.pem"], "--key was given without --cert"],
    [["echo"], "--port"],
    [["connect"], "url"],
    [["connect", "127.0.0.1:8101"], "Did you mean ws://127.0.0.1:8101/?"],
    [["connect", "ws://127.0.0.1:1/", "-H", "Bad Header: x"], "Expected 'Name: value'"],
    [["connect", "ws://127.0.0.1:1/", "-H", "A: b\r\nC: d"], "no line breaks"],
    [["connect", "ws://127.0.0.1:1/", "--protocol", "a b"], "subprotocol"],
    [["connect", "ws://127.0.0.1:1/", "--protocol", "a", "--protocol", "a"], "subprotocol"],
    [["connect", "ws://127.0.0.1:1/", "-H", "Sec-WebSocket-Key: x"], "Sec-WebSocket-Key"],
    [["doctor", "ws://127.0.0.1:1/", "-H", "Host: other.example"], 'the header "Host" belongs to the handshake'],
    [["doctor", "ws://127.0.0.1:1/", "--protocol", "a b"], "subprotocol"],
  ])("exits with 2 and says what was expected: %j", async (args, words) => {
    const { code, out, err } = await runCli(args);
    expect([code, out]).toEqual([2, ""]);
    expect(err.toLowerCase()).toContain(words.toLowerCase());
    expect(err).not.toMatch(/\n {4}at /);
  });

  it("exits with 1 for a certificate that is not there", async () => {
    const { code, err } = await runCli(["serve", "--cert", "missing.pem", "--key", "missing.pem"]);
    expect([code, err]).toEqual([1, "longwire: Cannot read --cert missing.pem: there is no such file.\n"]);
  });

  it("survives a reader that goes away", async () => {
    const cli = startCli(["connect", "--help"]);
    cli.child.stdout.destroy();
    expect(await cli.ended).toBeLessThan(2);
    expect(cli.err()).toBe("");
  });
});
