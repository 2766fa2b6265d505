// The clock of a page. Browsers run a hidden page's timers late, up to a minute, and all at once after a sleep; then a
// deadline must not be judged before what has arrived in the meantime was read. So each callback takes one more turn
// through the task queue, which browsers do not slow down.
import { bounded, type Clock } from "../../base/clock.ts";
import { platform } from "../../base/platform.ts";

const timers: Clock = {
  now: () => performance.now(),
  schedule(delayMs, run) {
    const timer = setTimeout(run, bounded(delayMs));
    return { cancel: () => clearTimeout(timer) };
  },
};

/** `base` with an extra turn before each callback. */
export function createPatientClock(
  base: Clock = timers,
  afterInput: (run: () => void) => void = (run) => platform.afterMicrotasks(run),
): Clock {
  return {
    now: () => base.now(),
    schedule(delayMs, run) {
      let isCanceled = false;
      const timer = base.schedule(delayMs, () =>
        afterInput(() => {
          if (!isCanceled) run();
        }),
      );
      return {
        cancel() {
          isCanceled = true;
          timer.cancel();
        },
      };
    },
  };
}
