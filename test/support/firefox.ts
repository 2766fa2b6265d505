// Debian's Firefox ESR for tests, driven over WebDriver BiDi, without anything that reaches for the network by itself.
// Every launch has a profile of its own that goes with it.
import { launch, type Browser } from "puppeteer-core";
import { firefox } from "./tools.ts";

const preferences = {
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "network.http.http3.enable": false,
};

/** Only where `firefox` of tools.ts is defined. */
export function launchFirefox(): Promise<Browser> {
  if (firefox === undefined) throw new Error("There is no Firefox here; the test should have been skipped.");
  return launch({ browser: "firefox", executablePath: firefox, headless: true, extraPrefsFirefox: preferences });
}
