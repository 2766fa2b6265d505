// The RELIABILITY rows that what exists so far must hold: the engine, the server, the channels and their sessions. V-64 is not among them:
// that the package has no dependencies stands in package.json and not in a line of src/ that could be switched off, so its
// test in test/architecture/exports.test.ts judges packages that do have some. Nor are I-18, which every attack judges of a process
// that no switch reaches, F-32, which real nginx and haproxy judge, and the fuzz targets, which are no guard's.

const range = (prefix: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${prefix}-${String(from + index).padStart(2, "0")}`);

export const coveredRows: readonly string[] = [
  ...range("P", 1, 29),
  ...range("P", 31, 75),
  ...range("P", 91, 102),
  ...range("P", 113, 123),
  ...range("V", 1, 4),
  ...range("V", 9, 15),
  ...range("V", 16, 21),
  "V-22",
  ...range("V", 23, 24),
  "V-26",
  "V-30",
  "V-31",
  "V-32",
  "V-33",
  "V-34",
  "V-35",
  "V-36",
  "V-40",
  "V-41",
  ...range("V", 42, 44),
  ...range("V", 46, 51),
  ...range("V", 52, 53),
  ...range("V", 56, 59),
  "V-61",
  "V-63",
  ...range("F", 18, 19),
  ...range("F", 21, 26),
  ...range("F", 30, 31),
  ...range("F", 34, 39),
  ...range("F", 41, 42),
  "F-44",
  "F-46",
  "F-47",
  ...range("I", 1, 4),
  "I-08",
  ...range("I", 11, 15),
  ...range("I", 19, 23),
];
