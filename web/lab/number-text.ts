// Numbers as the lab writes them: short, with a unit, never with more digits than mean something. The same in both languages.

import { inByteUnits } from "../byte-units.ts";

/** 12,345 */
export function writeCount(count: number): string {
  return Math.round(count).toLocaleString("en");
}

/** 980 B, 12 kB, 4.5 MB */
export function writeBytes(bytes: number): string {
  const [value, unit] = inByteUnits(bytes);
  return `${unit === "B" ? Math.round(value) : short(value)} ${unit}`;
}

/** 0.4 ms, 12 ms, 1.5 s */
export function writeMs(ms: number): string {
  if (ms < 999.5) return `${short(ms)} ms`;
  return `${short(ms / 1_000)} s`;
}

/** 3.4 µs, 120 µs */
export function writeMicroseconds(microseconds: number): string {
  return `${short(microseconds)} µs`;
}

/** 3.4 %, 78 % */
export function writeShare(share: number): string {
  return `${short(share * 100)} %`;
}

function short(value: number): string {
  const size = Math.abs(value);
  return size < 9.95 ? value.toFixed(1) : Math.round(value).toLocaleString("en");
}
