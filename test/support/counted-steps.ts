// Work counted instead of timed: how many characters a function looks at, copies or searches through. A clock says
// something about the machine of the day; the count says whether a scanner is linear.

type TextMethod = "at" | "charAt" | "charCodeAt" | "codePointAt" | "endsWith" | "includes" | "indexOf" | "lastIndexOf";
type CopyMethod = "replace" | "replaceAll" | "slice" | "split" | "substring" | "toLowerCase" | "toUpperCase" | "trim";

/** Looking at one character. */
const looks: readonly TextMethod[] = ["at", "charAt", "charCodeAt", "codePointAt"];

/** What may read all of the text; indexOf is charged for what it passed. */
const reads: ReadonlyArray<TextMethod | CopyMethod> = [
  "endsWith",
  "includes",
  "lastIndexOf",
  "replace",
  "replaceAll",
  "split",
  "toLowerCase",
  "toUpperCase",
  "trim",
];

/** What copies its result. */
const copies: readonly CopyMethod[] = ["slice", "substring"];

/** The steps `run` takes on strings. Throws when it uses a regular expression: its steps cannot be counted. */
export function countSteps(run: () => unknown): number {
  let steps = 0;
  const restore: Array<() => void> = [];
  const replace = (
    owner: object,
    name: string,
    cost: (text: string, args: unknown[], result: unknown) => number,
  ): void => {
    const original: unknown = Reflect.get(owner, name);
    if (typeof original !== "function") throw new Error(`${name} is no method.`);
    restore.push(() => Reflect.set(owner, name, original));
    Reflect.set(owner, name, function counted(this: string, ...args: unknown[]): unknown {
      const result: unknown = Reflect.apply(original, this, args);
      steps += cost(this, args, result);
      return result;
    });
  };
  for (const name of looks) replace(String.prototype, name, () => 1);
  for (const name of reads) replace(String.prototype, name, (text) => text.length + 1);
  for (const name of copies) replace(String.prototype, name, (_, __, result) => String(result).length + 1);
  replace(String.prototype, "indexOf", (text, args, result) => {
    const from = typeof args[1] === "number" ? args[1] : 0;
    return (result === -1 ? text.length : Number(result)) - from + 1;
  });
  replace(RegExp.prototype, "exec", () => Number.NaN);
  try {
    run();
  } finally {
    for (const undo of restore.toReversed()) undo();
  }
  if (Number.isNaN(steps)) throw new Error("A regular expression was used.");
  return steps;
}
