// docs/start.md is done as it is read, from top to bottom: files are written, commands run, servers started and stopped, and what
// the page says will be printed is. Only the clone and the build are spared, which bootstrap.test.ts proves: in its place stands the
// package as it is built here. And the port is a free one.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { root } from "../support/source-scan.ts";
import { chromium } from "../support/tools.ts";

interface Step {
  readonly language: string;
  /** What stands behind the language. */
  readonly word: string;
  readonly text: string;
}

let folder = "";
let cwd = "";
let port = 0;
let serving: ChildProcess | undefined;
let printed = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "longwire-start-"));
  cwd = folder;
  const listener = createTcpServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  ({ port } = listener.address() as AddressInfo);
  listener.close();
});
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

it("the page does what it says", { timeout: 180_000 }, async () => {
  const steps = stepsOf(readFileSync(join(root, "docs/start.md"), "utf8").replaceAll("8080", String(port)));
  expect(steps.filter(({ language }) => language === "sh").length).toBeGreaterThan(8);
  for (const step of steps) await take(step);
  if (chromium !== undefined) await talkThroughThePage();
  // A drain is an ordinary end.
  expect(await stop()).toBe(0);
});

async function take({ language, word, text }: Step): Promise<void> {
  if (language === "text") expect(printed.trim()).toBe(text.trim());
  else if (language !== "sh") writeFileSync(join(cwd, word), text);
  else if (word === "serving") await serve(text);
  else if (text.startsWith("git clone")) await run(preparePackage(text));
  else await run(text);
}

/** The commands without the clone, beside a package that is built already. */
function preparePackage(commands: string): string {
  const clone = join(folder, "longwire");
  mkdirSync(clone);
  for (const name of ["bin", "dist", "src", "package.json", "README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE"]) {
    cpSync(join(root, name), join(clone, name), { recursive: true });
  }
  const manifest = JSON.parse(readFileSync(join(clone, "package.json"), "utf8")) as { scripts: Record<string, string> };
  manifest.scripts = { build: "node --version", prepack: "node --version" };
  writeFileSync(join(clone, "package.json"), JSON.stringify(manifest));
  return commands.replace(/^git clone .*\n/, "");
}

async function run(commands: string): Promise<void> {
  const where = join(folder, "where");
  const script = `set -e\n${commands}\npwd > "${where}"\n`;
  const environment = { ...process.env, npm_config_update_notifier: "false", npm_config_fund: "false" };
  const child = spawn("/bin/sh", ["-c", script], { cwd, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  printed = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => (printed += piece));
  child.stderr.setEncoding("utf8").on("data", (piece: string) => (err += piece));
  const [code] = (await once(child, "close")) as [number | null];
  expect([commands, code, code === 0 ? "" : err]).toEqual([commands, 0, ""]);
  cwd = readFileSync(where, "utf8").trim();
}

/** Starts what the reader starts in a terminal of its own, in the place of what ran there. */
async function serve(command: string): Promise<void> {
  await stop();
  const [name = "", ...args] = command.trim().split(" ");
  const child = spawn(name === "node" ? process.execPath : name, args, { cwd, stdio: ["ignore", "pipe", "inherit"] });
  serving = child;
  printed = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      printed += piece;
      if (printed.endsWith("\n")) resolve();
    });
    child.once("exit", (code) => reject(new Error(`${command} ended with ${String(code)}`)));
  });
}

async function stop(): Promise<number | null> {
  const child = serving;
  serving = undefined;
  if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  return ((await gone) as [number | null])[0];
}

async function talkThroughThePage(): Promise<void> {
  const browser = await launchChromium();
  try {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    const soon = { timeout: 15_000, interval: 50 };
    await expect.poll(() => page.locator("[role=status]").textContent(), soon).toBe("here");
    await page.locator("input").fill("<b>hello</b>");
    await page.locator("button").click();
    await expect.poll(() => page.locator("li").allTextContents(), soon).toEqual(["somebody: <b>hello</b>"]);
    await run(`echo "hi" | npx longwire connect 'ws://127.0.0.1:${port}/rooms/tea?name=Ada'`);
    await expect.poll(() => page.locator("li").allTextContents(), soon).toContain("Ada: hi");
  } finally {
    await browser.close();
  }
}

function stepsOf(page: string): Step[] {
  return [...page.matchAll(/^```(\w+) ?([^\n]*)\n([^]*?)^```$/gm)].map(([, language = "", word = "", text = ""]) => ({
    language,
    word,
    text,
  }));
}
