// Debian's Chromium for tests, without anything that reaches for the network by itself. Every launch has a profile of
// its own that goes with it.
import { chromium as engine, type Browser } from "playwright-core";
import { chromium } from "./tools.ts";

export const chromiumFlags: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** With which its drivers keep the timers of hidden pages as quick as those in front. */
export const unthrottledFlags: readonly string[] = [
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

/** The engine's driver switches the back-forward cache off unless it is asked not to. Only where `chromium` of tools.ts is defined. */
export function launchChromium({ withBackForwardCache = false } = {}): Promise<Browser> {
  if (chromium === undefined) throw new Error("There is no Chromium here; the test should have been skipped.");
  return engine.launch({
    executablePath: chromium,
    headless: true,
    args: [...chromiumFlags],
    ...(withBackForwardCache ? { ignoreDefaultArgs: ["--disable-back-forward-cache"] } : {}),
  });
}
