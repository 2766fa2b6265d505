// Notices that the machine slept: looks at the clocks now and then, and finds that more time has passed than it asked
// for. Looks at wall time too, because on some systems the monotonic clock stands still during sleep. A clock that
// somebody sets looks like sleep; that costs one needless look at the network and nothing else (F-25).
import type { Clock, Timer } from "../../base/clock.ts";

export const sleepTimes = {
  lookMs: 10_000,
  /** Time lost beyond what was asked for. Below it a busy machine is the likelier cause. */
  lostMs: 20_000,
  /** The same for a hidden page, whose timers browsers run once a minute. */
  lostHiddenMs: 80_000,
} as const;

export interface SleepWatch {
  stop(): void;
}

/** Calls `woken` after each sleep until stopped. `wallNow` is milliseconds of wall time. */
export function watchSleep(
  clock: Clock,
  wallNow: () => number,
  isHidden: () => boolean,
  woken: () => void,
): SleepWatch {
  let timer: Timer;
  const look = (): void => {
    const at = clock.now();
    const wallAt = wallNow();
    const wasHidden = isHidden();
    timer = clock.schedule(sleepTimes.lookMs, () => {
      const passedMs = Math.max(clock.now() - at, wallNow() - wallAt);
      const lostMs = wasHidden || isHidden() ? sleepTimes.lostHiddenMs : sleepTimes.lostMs;
      look();
      if (passedMs - sleepTimes.lookMs >= lostMs) woken();
    });
  };
  look();
  return { stop: () => timer.cancel() };
}
