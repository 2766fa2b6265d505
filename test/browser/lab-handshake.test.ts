// “The handshake” of the lab in real browsers: the heads it shows are the bytes that a proxy in between has seen.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { patient } from "../support/cli-process.ts";
import { describeInBrowsers } from "../support/lab-tab.ts";
import { recordBetween } from "../support/recording-proxy.ts";
import { serveChat, type ServedChat } from "../support/served-chat.ts";

let served: ServedChat;
beforeAll(async () => {
  served = await serveChat();
});
afterAll(() => served?.stop());

/** In the page: both heads, line by line as they are shown. */
function readHeads(): string[] {
  return [...document.querySelectorAll(".handshake-head")].map((head) =>
    [...head.querySelectorAll(".handshake-line")].map((line) => `${line.textContent ?? ""}\r\n`).join(""),
  );
}

describeInBrowsers("the handshake", (visit) => {
  it("shows the request and the answer of its own connection, byte for byte", async () => {
    const proxy = await recordBetween(served.url);
    onTestFinished(() => proxy.stop());
    const tab = await visit(proxy.url, "handshake");
    await expect.poll(() => tab.texts(".handshake-line"), patient).toContain("HTTP/1.1 101 Switching Protocols");
    const seen = proxy.find(/^\/lab\/passage\/handshake\/.*\/socket$/);
    const headOf = (bytes: Buffer | undefined): string => bytes?.toString("latin1").split("\r\n\r\n")[0] ?? "";
    expect((await tab.evaluate(readHeads)).map((head) => head.trimEnd())).toEqual([
      headOf(seen?.up),
      headOf(seen?.down),
    ]);
    // Whatever the browser sends, each line has a word to it.
    expect((await tab.texts(".handshake-note")).filter((note) => note === "")).toEqual([]);
  });

  it("computes the proof from the key, and sees that another key has another one", async () => {
    const tab = await visit(served.url, "handshake");
    const verdict = async (): Promise<string> => (await tab.texts(".handshake-verdict")).join("");
    await expect.poll(verdict, patient).toMatch(/^The same/);
    await tab.write(".handshake-key", "dGhlIHNhbXBsZSBub25jZQ==");
    const values = await tab.texts(".handshake-value");
    const hash = createHash("sha1").update("dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    // RFC 6455 §1.3 has this example.
    expect(values.slice(0, 3)).toEqual([
      "dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
      (hash.digest("hex").match(/../g) ?? []).join(" "),
      "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    ]);
    expect(await verdict()).toMatch(/^Not the same/);
    await tab.write(".handshake-key", "short");
    expect(await verdict()).toMatch(/^This is no key/);
  });

  it("shows every step of both connections, and distance as reckoned", async () => {
    const tab = await visit(served.url, "handshake");
    const steps = ["DNS", "TCP", "HTTP → 101", "first message", "DNS", "TCP", "TLS", "HTTP → 101", "first message"];
    await expect.poll(() => tab.texts(".handshake-bar-name"), patient).toEqual(steps);
    expect((await tab.texts(".handshake-dialled")).join(" ")).not.toContain("reckoned");
    // 300 ms for each of four and of five round trips.
    await tab.write("#place-handshake input[type=range]", "5");
    const reckoned = (await tab.texts(".handshake-dialled")).map((text) => {
      return Number.parseFloat(/about ([\d.]+) s \(reckoned/.exec(text)?.[1] ?? "");
    });
    expect(reckoned).toEqual([1.2, 1.5].map((least) => expect.closeTo(least, 0) as number));
  });

  it("takes URLs apart, and says what is wrong with wrong ones", async () => {
    const tab = await visit(served.url, "handshake");
    const said = async (url: string): Promise<string> => {
      await tab.write(".handshake-url", url);
      return (await tab.texts(".handshake-parts dd, .handshake-url-notes p")).join(" | ");
    };
    await expect.poll(() => tab.texts(".handshake-parts dd"), patient).toHaveLength(4);
    expect(await said("wss://example.com/chat?x=1")).toContain("443");
    expect(await said("ws://[::1]:8101/")).toContain("8101");
    expect(await said("https://example.com/")).toContain("https stands for wss");
    expect(await said("ws://example.com:25/")).toContain("No browser connects to port 25");
    expect(await said("ws://example.com/#x")).toContain("fragment");
    expect(await said("ftp://example.com/")).toContain("scheme");
    expect(await said("example.com")).toContain("not a URL");
  });

  it("shows what the server answers to whoever asks in another way", async () => {
    const tab = await visit(served.url, "handshake");
    const status = async (): Promise<string> => (await tab.texts(".handshake-status")).join("");
    await expect.poll(status, patient).toBe("426 Upgrade Required");
    const probes = "#place-handshake .lab-card:nth-of-type(5) .lab-buttons button";
    await tab.click(`${probes}:nth-child(8)`);
    await expect.poll(status, patient).toBe("403 Forbidden");
    expect((await tab.texts(".handshake-text")).join("")).toContain("Origin: https://evil.example");
    await tab.click(`${probes}:last-child`);
    await expect.poll(status, patient).toBe("101 Switching Protocols");
  });
});
