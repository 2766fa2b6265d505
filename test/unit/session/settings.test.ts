import { expect, test } from "vitest";
import { MAX_PACKET_BYTES } from "../../../src/base/session.ts";
import { defaultSettings } from "../../../src/session/settings.ts";

test("the numbers fit together", () => {
  const { heartbeatMs, silenceMs, windowMs, requestGapMs, orphanMs, openingMs, retainBytes } = defaultSettings;
  // Proxies cut idle connections at 30 and 60 s; a session outlives what finds its transport dead.
  expect(1.1 * heartbeatMs).toBeLessThan(30_000);
  expect(1.1 * heartbeatMs + silenceMs).toBeLessThan(windowMs / 2);
  expect(requestGapMs).toBeLessThan(windowMs);
  expect(openingMs).toBeLessThanOrEqual(orphanMs);
  expect(retainBytes).toBeGreaterThan(10 * MAX_PACKET_BYTES);
  expect(defaultSettings.linkAck.bytes).toBeLessThan(retainBytes / 4);
  expect(defaultSettings.requestAck.bytes).toBeLessThan(retainBytes / 2);
});
