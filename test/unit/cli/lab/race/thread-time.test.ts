import { platform } from "node:os";
import { expect, it } from "vitest";
import { threadCpuMs } from "../../../../../src/cli/lab/race/thread-time.ts";

/** Work that a processor has to do. */
function work(): number {
  let sum = 0;
  for (let n = 0; n < 30_000_000; n += 1) sum += Math.sqrt(n);
  return sum;
}

it.runIf(platform() === "linux")("a thread's time grows with its work, and not while it waits", async () => {
  const before = threadCpuMs() ?? NaN;
  expect(work()).toBeGreaterThan(0);
  const worked = (threadCpuMs() ?? NaN) - before;
  expect(worked).toBeGreaterThan(0);
  const idleFrom = threadCpuMs() ?? NaN;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect((threadCpuMs() ?? NaN) - idleFrom).toBeLessThan(worked);
});
