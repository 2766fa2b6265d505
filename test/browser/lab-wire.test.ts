// “The wire” of the lab in real browsers: the frames it draws are the bytes that a proxy in between has seen, and each rule that is broken is
// answered by the server with its code.
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { patient } from "../support/cli-process.ts";
import { describeInBrowsers, type LabTab } from "../support/lab-tab.ts";
import { recordBetween } from "../support/recording-proxy.ts";
import { serveChat, type ServedChat } from "../support/served-chat.ts";

let served: ServedChat;
beforeAll(async () => {
  served = await serveChat();
});
afterAll(() => served?.stop());

const live = "#place-wire .lab-card:nth-of-type(1)";
const own = "#place-wire .lab-card:nth-of-type(2)";

/** In the page: the frame that is drawn in `root`, put together again from what is drawn of it. */
function readDrawing(root: string): { bits: string; masked: string; plain: string; values: string[] } {
  const all = (selector: string): string[] =>
    [...document.querySelectorAll(`${root} .wire-frames ${selector}`)].map((found) => found.textContent ?? "");
  return {
    bits: all(".wire-bit").join(""),
    masked: all(".wire-byte-masked").join(""),
    plain: all(".wire-byte-plain").join(""),
    values: all(".wire-field-value"),
  };
}

const names = (tab: LabTab, root: string): Promise<string[]> => tab.texts(`${root} .wire-row-name`);
const verdict = async (tab: LabTab): Promise<string> => (await tab.texts(`${own} .wire-verdict`)).join("");

async function sendPreset(tab: LabTab, name: string): Promise<void> {
  await tab.evaluate((wanted) => {
    const preset = [...document.querySelectorAll<HTMLButtonElement>(".wire-preset")].find(
      ({ textContent }) => textContent === wanted,
    );
    preset?.click();
  }, name);
  await tab.click(`${own} .lab-strong-button`);
}

describeInBrowsers("the wire", (visit) => {
  it("draws the frames of its own connection bit by bit, as a proxy has seen them", async () => {
    const proxy = await recordBetween(served.url);
    onTestFinished(() => proxy.stop());
    const tab = await visit(proxy.url, "wire");
    await expect.poll(() => names(tab, live), patient).toEqual(["text", "text"]);
    await tab.click(`${live} .wire-list li:nth-child(2) button`);
    const seen = proxy.find(/^\/lab\/passage\/wire\//)?.up ?? Buffer.alloc(0);
    const frame = seen.subarray(seen.indexOf("\r\n\r\n") + 4);
    const bits = Array.from(frame.subarray(0, 6), (byte) => byte.toString(2).padStart(8, "0")).join("");
    const drawing = await tab.evaluate(readDrawing, live);
    expect(drawing).toMatchObject({ bits, masked: frame.subarray(6).toString("hex"), plain: "48656c6c6f" });
    expect(drawing.values).toEqual(["1", "000", "0x1 text", "1", "5", frame.subarray(2, 6).toString("hex")]);
  });

  it("shows pings and the browser's pongs, fragments, all three forms of the length, and the goodbye", async () => {
    const tab = await visit(served.url, "wire");
    await expect.poll(() => names(tab, live), patient).toHaveLength(2);
    const act = (index: number): Promise<void> => tab.click(`${live} .lab-buttons button:nth-child(${index})`);
    const chosenLength = async (): Promise<string | undefined> => (await tab.evaluate(readDrawing, live)).values[4];
    await act(1);
    await expect.poll(() => names(tab, live), patient).toHaveLength(4);
    expect(await chosenLength()).toBe("126");
    await act(2);
    await expect.poll(() => names(tab, live), patient).toHaveLength(6);
    expect(await chosenLength()).toBe("127");
    await act(5);
    await expect
      .poll(async () => (await names(tab, live)).slice(0, 5), patient)
      .toEqual(["pong", "continuation", "continuation…", "ping", "text…"]);
    await act(7);
    await expect.poll(() => tab.texts(`${live} .wire-event`), patient).toContain("The TCP connection is closed.");
    expect(await names(tab, live)).toContain("close");
    expect((await tab.texts(live)).join("")).toContain("close 1001, “The server is leaving.”");
    await act(8);
    await expect.poll(async () => (await names(tab, live))[0], patient).toBe("text");
  });

  it("sends wrong frames, and names the rule, the code and the section", async () => {
    const tab = await visit(served.url, "wire");
    await expect.poll(() => tab.texts(".wire-preset"), patient).toHaveLength(21);
    for (const [name, code, section] of [
      ["reserved opcode", 1002, "5.2"],
      ["not masked", 1002, "5.1"],
      ["ping in fragments", 1002, "5.5"],
      ["length longer than needed", 1002, "5.2"],
      ["text that is not UTF-8", 1007, "8.1"],
      ["says 2 MB follow", 1009, "10.4"],
      ["close 1005", 1002, "7.4.1"],
    ] as const) {
      await sendPreset(tab, name);
      await expect
        .poll(() => verdict(tab), patient)
        .toMatch(new RegExp(`closes the connection with ${code}: .* RFC 6455 §${section}\\.$`));
      const links = await tab.evaluate(() =>
        [...document.querySelectorAll<HTMLAnchorElement>(".wire-verdict a")].map(({ href }) => href),
      );
      expect(links).toEqual([`https://www.rfc-editor.org/rfc/rfc6455#section-${section}`]);
    }
  });

  it("sends right ones, by preset, by form and by hex, and sees them come back", async () => {
    const tab = await visit(served.url, "wire");
    await expect.poll(() => tab.texts(".wire-preset"), patient).toHaveLength(21);
    await sendPreset(tab, "two fragments, a ping between");
    await expect.poll(() => verdict(tab), patient).toMatch(/^The server accepts it: 2 frames have/);
    await sendPreset(tab, "close 1000");
    await expect.poll(() => verdict(tab), patient).toMatch(/^A proper goodbye/);
    expect(
      await tab.evaluate(() => getComputedStyle(document.querySelector(".wire-hex") as Element).fontFamily),
    ).toMatch(/monospace$/);
    // By hex, masked with zeros: “Hi”.
    await tab.write(".wire-hex", "81 82 00000000 4869");
    expect((await tab.texts(".wire-judged")).join("")).toMatch(/^Allowed/);
    await tab.click(`${own} .lab-strong-button`);
    await expect.poll(() => verdict(tab), patient).toMatch(/one frame has come back/);
    expect((await tab.evaluate(readDrawing, own)).plain).toBe("4869");
    // By the form: RSV1 makes it a wrong one.
    await tab.click(".wire-form .lab-buttons button:nth-child(2)");
    expect((await tab.texts(".wire-judged")).join("")).toMatch(/^Forbidden.*1002/);
    await tab.write(".wire-hex", "nonsense");
    expect((await tab.texts(".wire-judged")).join("")).toMatch(/^These are not bytes/);
    await tab.write(".wire-hex", "");
    expect((await tab.texts(".wire-judged")).join("")).toMatch(/^Nothing to send yet/);
    // What was said of the bytes before is not said of these; what is unfinished is gone on with, and judged so.
    await tab.write(".wire-hex", "81 84 00000000 4869");
    expect(await verdict(tab)).toBe("");
    await tab.click(`${own} .lab-strong-button`);
    await tab.write(".wire-hex", "c328");
    expect((await tab.texts(".wire-judged")).join("")).toMatch(/^Forbidden.*1007/);
    await tab.click(`${own} .lab-strong-button`);
    await expect.poll(() => verdict(tab), patient).toMatch(/with 1007: .* RFC 6455 §8\.1\.$/);
    // The next one begins a new connection.
    await tab.write(".wire-hex", "81 82 00000000 4869");
    expect((await tab.texts(".wire-judged")).join("")).toMatch(/^Allowed/);
  });

  it("lists every close code, and tries the one that is asked for", async () => {
    const tab = await visit(served.url, "wire");
    await expect.poll(() => tab.texts(".wire-code-number"), patient).toContain("1015");
    expect(await tab.texts('.wire-code[data-wire="false"] .wire-code-number')).toEqual(["1005", "1006", "1015"]);
    const ways = await tab.texts(".wire-code-way");
    expect(ways.slice(-8)).toEqual(Array<string>(8).fill("Longwire's own"));
    await tab.click('.wire-code [aria-label="Try 1006"]');
    await expect.poll(() => verdict(tab), patient).toMatch(/with 1002: “The close code may not be sent.”/);
    await tab.click('.wire-code [aria-label="Try 1013"]');
    await expect.poll(() => verdict(tab), patient).toMatch(/the same code, 1013/);
  });
});
