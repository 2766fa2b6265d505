// Whether a hook returned something to wait for. A promise of any make counts; a function with a `then` does not.

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
