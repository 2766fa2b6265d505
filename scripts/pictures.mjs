// `node scripts/pictures.mjs [NAME…]`: takes the pictures of docs/explain/images/ from the lab, as it runs on this machine at this
// moment: what they show really happened. Needs `npm run build` and Chromium. The pictures are committed; a test checks that each is
// small, shown with a text for who cannot see it, and named here.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findTool } from "./tools.mjs";

/** @typedef {import("playwright-core").Page} Page */

/**
 * @typedef {object} Picture
 * @property {string} part of the lab
 * @property {readonly string[]} of the elements that are on it, the first and the last: selectors
 * @property {number} [width] of the window
 * @property {(page: Page) => Promise<void>} [before] what is done first
 */

/** The last of the four runs has its last bar. */
const sixThingsAreThere = async (/** @type {Page} */ page) => {
  await page.locator(".way-run:nth-child(4) .way-bars > li:nth-child(6)").waitFor();
  await wait(1_000);
};

/** @type {Readonly<Record<string, Picture>>} */
export const pictures = {
  race: { part: "race", of: [".race-lanes"], width: 1320, before: () => wait(9_000) },
  "race-bytes": {
    part: "race",
    of: [".race-chart:nth-child(1)", ".race-chart:nth-child(2)"],
    before: () => wait(12_000),
  },
  calls: { part: "way", of: [".way-calls-heads", ".way-calls"] },
  "six-things": {
    part: "way",
    of: [".way-legend", ".way-run:nth-child(2)"],
    before: sixThingsAreThere,
  },
  pipelined: {
    part: "way",
    of: [".way-run:nth-child(4)"],
    before: sixThingsAreThere,
  },
  proof: { part: "handshake", of: ["text=Key and fixed text", ".handshake-steps + *"] },
  times: { part: "handshake", of: [".handshake-dialled:last-child"], before: () => wait(2_000) },
  frame: { part: "wire", of: [".lab-card:nth-of-type(2) .wire-drawing"] },
  many: {
    part: "many",
    of: ["text=How long the small messages take", "section.lab-card >> nth=2"],
    async before(page) {
      await wait(5_000);
      await page.getByRole("button", { name: "Start the transfer" }).click();
      await wait(13_000);
    },
  },
  persist: { part: "persist", of: [".persist-lanes", ".persist-legend"], before: () => wait(5_000) },
  break: {
    part: "break",
    of: [".break-sides", ".break-legend"],
    async before(page) {
      await wait(4_000);
      await page.getByRole("button", { name: "Cut" }).click();
      await wait(6_000);
      await page.getByRole("button", { name: "Block WebSocket" }).click();
      await page.getByRole("button", { name: "Cut" }).click();
      await wait(14_000);
    },
  },
};

const MAX_BYTES = 100_000;
const root = fileURLToPath(new URL("..", import.meta.url));

async function take(/** @type {readonly string[]} */ names) {
  const executablePath = findTool("chromium") ?? fail("there is no Chromium here");
  const serving = spawn(process.execPath, [join(root, "bin/longwire.js"), "serve", "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const [line] = await once(serving.stdout.setEncoding("utf8"), "data");
    const [url = ""] = /http:\S+/.exec(String(line)) ?? [];
    mkdirSync(join(root, "docs/explain/images"), { recursive: true });
    for (const name of names) {
      const picture = pictures[name];
      if (picture === undefined) throw new Error(`no picture "${name}": expected ${Object.keys(pictures).join(", ")}`);
      const bytes = await takeOne(browser, url, picture);
      if (bytes.length > MAX_BYTES) throw new Error(`${name} has ${bytes.length} bytes, more than ${MAX_BYTES}`);
      writeFileSync(join(root, "docs/explain/images", `${name}.png`), bytes);
      process.stdout.write(`${name}.png ${bytes.length}\n`);
    }
  } finally {
    await browser.close();
    serving.kill();
  }
}

async function takeOne(
  /** @type {import("playwright-core").Browser} */ browser,
  /** @type {string} */ url,
  /** @type {Picture} */ { part, of, width = 1000, before },
) {
  const viewport = { width, height: 1_000 };
  const context = await browser.newContext({ viewport, colorScheme: "light", reducedMotion: "reduce", locale: "en" });
  const page = await context.newPage();
  await page.goto(`${url}lab#${part}`);
  const place = page.locator(`#place-${part}`);
  await place.locator("h1").waitFor();
  await wait(2_000);
  await before?.(page);
  const boxes = await Promise.all(of.map((selector) => place.locator(selector).first().boundingBox()));
  const top = await page.evaluate(() => scrollY);
  const found = boxes.map((box, index) => box ?? fail(`#place-${part} has no ${of[index] ?? ""}`));
  const x = Math.min(...found.map((box) => box.x)) - 12;
  const y = Math.min(...found.map((box) => box.y)) + top - 12;
  const right = Math.max(...found.map((box) => box.x + box.width)) + 12;
  const bottom = Math.max(...found.map((box) => box.y + box.height)) + top + 12;
  const bytes = await page.screenshot({ fullPage: true, clip: { x, y, width: right - x, height: bottom - y } });
  await context.close();
  return bytes;
}

/** @returns {never} */
function fail(/** @type {string} */ message) {
  throw new Error(message);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2);
  await take(names.length > 0 ? names : Object.keys(pictures));
}
