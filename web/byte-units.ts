// Bytes in units of a thousand. How many digits are shown is up to the page; 999.6 of a unit are 1 of the next, not 1,000.

const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** `bytes` in the largest unit of which there is one, rounded; beyond the last it goes on counting. */
export function inByteUnits(bytes: number): readonly [value: number, unit: string] {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return [value, units[unit] ?? ""];
}
