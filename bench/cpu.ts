// What processes have used of the machine's time, as the system counts it.

import { readFileSync } from "node:fs";

/** Seconds of CPU that a process has used, in steps of 10 ms. Linux only; NaN elsewhere. */
export function cpuSeconds(pid: number): number {
  if (process.platform !== "linux") return NaN;
  const [, fields = ""] = readFileSync(`/proc/${String(pid)}/stat`, "utf8").split(") ");
  const [user, system] = fields.split(" ").slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}
