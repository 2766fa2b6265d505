// One guard of the product, how it is switched off, and the tests that must then turn red. The table is guards.ts; the
// switch is thrown while vitest loads the source, so no file on disk changes.

export interface Guard {
  /** RELIABILITY rows that this guard holds. */
  readonly rows: readonly string[];
  /** The source file it stands in, below src/. */
  readonly file: string;
  /** Text that stands exactly once in the file… */
  readonly find: string;
  /** …and what replaces it. */
  readonly replace: string;
  /** Test files that name the rows, below test/. */
  readonly tests: readonly string[];
}

/** The tests to run, by files and by the rows they name, and the guard that is off meanwhile. */
export interface GuardTask {
  readonly rows: readonly string[];
  readonly tests: readonly string[];
  /** Undefined: nothing is off, and the tests should be green. */
  readonly off: Guard | undefined;
}

/** What became of them. */
export interface GuardRun {
  /** Full names of the tests that failed. */
  readonly failures: readonly string[];
  /** What failed for a reason that proves nothing: a file that does not load, a replacement that cannot run. */
  readonly broken: readonly string[];
  /** How many tests ran. */
  readonly ran: number;
}

/** Whether the name of a test names `row`. */
export function names(test: string, row: string): boolean {
  return new RegExp(`${row}(?!\\d)`).test(test);
}

/** The source with the guard switched off. Throws when the guard is not where the table says. */
export function switchOff(guard: Guard, source: string): string {
  const at = source.indexOf(guard.find);
  if (at === -1) throw new Error(`${guard.file} has no ${JSON.stringify(guard.find)}: mend test/guards/`);
  if (source.indexOf(guard.find, at + 1) !== -1) {
    throw new Error(`${guard.file} has ${JSON.stringify(guard.find)} more than once: mend test/guards/`);
  }
  return source.slice(0, at) + guard.replace + source.slice(at + guard.find.length);
}
