// Exceptions and rejections that nobody caught, counted as RELIABILITY V-32 asks for it.
import { onTestFinished } from "vitest";

/** The faults from here to the end of the test. */
export function watchFaults(): unknown[] {
  const faults: unknown[] = [];
  const listen = (fault: unknown): void => void faults.push(fault);
  process.on("uncaughtException", listen);
  process.on("unhandledRejection", listen);
  onTestFinished(() => {
    process.off("uncaughtException", listen);
    process.off("unhandledRejection", listen);
  });
  return faults;
}
