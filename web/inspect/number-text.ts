// Numbers as people read them: bytes, rates, times of day, how long ago. Always in English, with a dot, so that what is copied can be
// compared.

import { inByteUnits } from "../byte-units.ts";

/** 0 B, 999 B, 1.2 kB, 34 MB. */
export function bytesText(bytes: number): string {
  const [value, unit] = inByteUnits(bytes);
  return `${unit !== "B" && value < 99.95 ? value.toFixed(1) : String(Math.round(value))} ${unit}`;
}

/** 0, 0.4, 12, 1,234. */
export function countText(count: number): string {
  return count > 0 && count < 10 && !Number.isInteger(count)
    ? count.toFixed(1)
    : Math.round(count).toLocaleString("en");
}

/** 14:03:09.123 */
export function clockText(at: number): string {
  const time = new Date(at);
  const two = (part: number): string => String(part).padStart(2, "0");
  const milliseconds = String(time.getMilliseconds()).padStart(3, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${milliseconds}`;
}

/** 5 s, 3 min, 2 h, 4 d. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}
