// The RELIABILITY rows that what exists so far must hold: the engine, the server, the channels and their sessions. V-64 is not among them:
// that the package has no dependencies stands in package.json and not in a line of src/ that could be switched off, so its
// test in test/architecture/exports.test.ts judges packages that do have some.

const range = (prefix: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${prefix}-${String(from + index).padStart(2, "0")}`);

export const coveredRows: readonly string[] = [
  ...range("P", 1, 29),
  ...range("P", 31, 75),
  ...range("P", 91, 102),
  ...range("P", 114, 117),
  "P-119",
  ...range("P", 121, 123),
  ...range("V", 1, 4),
  ...range("V", 9, 15),
  "V-16",
  ...range("V", 18, 21),
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
  ...range("V", 56, 57),
  "V-59",
  "V-61",
  "V-63",
  "F-30",
  ...range("F", 34, 38),
  "F-46",
  "F-47",
];
