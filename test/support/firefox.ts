// Debian's Firefox ESR for tests, driven over WebDriver BiDi, without anything that reaches for the network by itself.
// Every launch has a profile of its own that goes with it.
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch, type Browser, type BrowserContext } from "puppeteer-core";
import { firefox } from "./tools.ts";

const preferences = {
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "network.http.http3.enable": false,
};

/** Where all test files of a process find it, each with modules of its own. */
const kept = globalThis as { longwireFirefox?: Browser };

/** Only where `firefox` of tools.ts is defined. */
export function launchFirefox(): Promise<Browser> {
  return launchWith({});
}

/**
 * A context of its own, with cookies and storage of its own, in a Firefox that stays for the test files that follow in this
 * process, because starting one takes longer than most of them. Only where `firefox` of tools.ts is defined.
 */
export async function openFirefox(): Promise<BrowserContext> {
  if (kept.longwireFirefox?.connected !== true) kept.longwireFirefox = await launchToStay();
  return kept.longwireFirefox.createBrowserContext();
}

/** It ends with this process, which the runner asks to end and soon afterwards makes end: whatever has to be done is done at once. */
async function launchToStay(): Promise<Browser> {
  const userDataDir = mkdtempSync(join(tmpdir(), "longwire-firefox-"));
  const browser = await launchWith({ userDataDir, handleSIGTERM: false });
  const end = (): void => {
    const { pid } = browser.process() ?? {};
    // With all that it has started, which would write into the profile.
    if (browser.connected && pid !== undefined) process.kill(-pid, "SIGKILL");
    // There may be no time for it here.
    spawn("rm", ["-rf", userDataDir], { detached: true, stdio: "ignore" }).unref();
  };
  process.once("exit", end);
  process.once("SIGTERM", () => {
    end();
    process.kill(process.pid, "SIGKILL");
  });
  return browser;
}

function launchWith(options: { userDataDir?: string; handleSIGTERM?: boolean }): Promise<Browser> {
  if (firefox === undefined) throw new Error("There is no Firefox here; the test should have been skipped.");
  return launch({
    browser: "firefox",
    executablePath: firefox,
    headless: true,
    extraPrefsFirefox: preferences,
    ...options,
  });
}
