// What the calling thread has had of the processor, and how to be modest about it. The event loop's utilization would say how long a thread
// was not idle, which on a machine with fewer cores than threads is mostly waiting. Newer versions of Node tell the time itself; before, Linux
// does. Elsewhere it is unknown.
import { readFileSync, readlinkSync } from "node:fs";
import { setPriority } from "node:os";

interface ThreadUsage {
  readonly user: number;
  readonly system: number;
}

/** Milliseconds of processor time since the thread began; undefined where nobody tells. */
export function threadCpuMs(): number | undefined {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => ThreadUsage };
  if (threadCpuUsage !== undefined) {
    const { user, system } = threadCpuUsage.call(process);
    return (user + system) / 1_000;
  }
  try {
    // The first number is time on a processor, in nanoseconds. Read synchronously, so that it is this thread who asks.
    const nanoseconds = Number(readFileSync("/proc/thread-self/schedstat", "latin1").split(" ")[0]);
    return Number.isFinite(nanoseconds) ? nanoseconds / 1e6 : undefined;
  } catch {
    return undefined;
  }
}

/** Lets every other thread go first, where a single thread can be asked to: on Linux. */
export function yieldToOthers(): void {
  try {
    const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    setPriority(thread, 5);
  } catch {
    // It competes like everybody else, then.
  }
}
