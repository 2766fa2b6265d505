// What processes have used of the machine's time, as the system counts it.

import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

/** Seconds of CPU that a process has used, in steps of 10 ms. Linux only; NaN elsewhere. */
export function cpuSeconds(pid: number): number {
  if (process.platform !== "linux") return NaN;
  const [, fields = ""] = readFileSync(`/proc/${String(pid)}/stat`, "utf8").split(") ");
  const [user, system] = fields.split(" ").slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

/**
 * So much CPU time makes code hot; on a busy machine that is more than so much time. The compiler works on the same core, and a
 * session runs through more code than a plain socket: its seconds must not be counted as the session's.
 */
const WARM_UP_SECONDS = 3;
const LONGEST_WARM_UP_SECONDS = 10;

/** Resolves when process `pid`, which is kept busy, has worked for so long. */
export async function warmUp(pid: number): Promise<void> {
  const [begin, beginCpu] = [performance.now(), cpuSeconds(pid)];
  for (;;) {
    await setTimeout(100);
    const seconds = (performance.now() - begin) / 1000;
    const isHot = process.platform === "linux" ? cpuSeconds(pid) - beginCpu >= WARM_UP_SECONDS : seconds >= 2;
    if (isHot || seconds >= LONGEST_WARM_UP_SECONDS) return;
  }
}
