// One process of the benchmarks, seen from inside: what it was started with, and the messages it exchanges with whoever
// started it. Ends when that one is gone.

/** What it was started with. */
export function programArgument<T>(): T {
  return JSON.parse(process.argv[2] ?? "{}") as T;
}

/** Tells `message` to whoever started this. */
export function tell(message: unknown): void {
  process.send?.(message);
}

/** Answers each question with what `answers` has under its name. */
export function answerQuestions(answers: Readonly<Record<string, () => unknown>>): void {
  process.on("message", (question: string) => {
    void (async (): Promise<void> => tell(await answers[question]?.()))();
  });
  endWithStarter();
}

/** Resolves when whoever started this says so. */
export function told(): Promise<void> {
  return new Promise((resolve) => process.once("message", () => resolve()));
}

export function endWithStarter(): void {
  process.on("disconnect", () => process.exit());
}
