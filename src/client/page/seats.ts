// How many requests this browser may hold open at one server: HTTP/1.1 gives six connections to all tabs together, and a
// held request costs one for as long as it waits. Three tabs may hold one each, which leaves three for everything else;
// whoever finds no seat asks again and again instead (`poll`). Tabs learn of one another through `navigator.locks`,
// which a browser gives back when a tab dies. HTTP/2 and 3 carry many requests on one connection: there everybody has a seat.
// Knows nothing of requests.
import { look, type Globals, type LockKeeper } from "./globals.ts";

export const seatCount = 3;

/** A seat taken, or a wish for one. */
export interface Seat {
  /** Gives the seat back, or the wish up. Calling it again does nothing. */
  leave(): void;
}

/**
 * Asks for a seat at `origin`, and tells `receive` once whether there is one; after `leave()` it is told nothing. A runtime
 * without a page has no tabs to share with, and one without locks no way to know of them: they are given the seat at once.
 */
export function takeSeat(globals: Globals, origin: string, receive: (hasSeat: boolean) => void): Seat {
  const locks = look(look(globals, "navigator"), "locks");
  const isBrowser = look(globals, "document") !== undefined || look(globals, "location") !== undefined;
  if (locks === undefined || !isBrowser || isMultiplexed(globals, origin)) {
    receive(true);
    return { leave: () => undefined };
  }
  const wish: Wish = { isLeft: false, release: undefined };
  void search(locks, origin, wish).then((hasSeat) => {
    if (!wish.isLeft) receive(hasSeat);
  });
  return {
    leave() {
      wish.isLeft = true;
      wish.release?.();
    },
  };
}

/** Whether something came from there over HTTP/2 or 3. */
function isMultiplexed(globals: Globals, origin: string): boolean {
  try {
    return ["navigation", "resource"].some((type) =>
      [...(globals.performance?.getEntriesByType?.(type) ?? [])].some(
        ({ name, nextHopProtocol = "" }) => name.startsWith(`${origin}/`) && /^h[23]/.test(nextHopProtocol),
      ),
    );
  } catch {
    return false;
  }
}

interface Wish {
  isLeft: boolean;
  release: (() => void) | undefined;
}

async function search(locks: LockKeeper, origin: string, wish: Wish): Promise<boolean> {
  for (let number = 1; number <= seatCount && !wish.isLeft; number++) {
    try {
      if (await tryLock(locks, `longwire ${origin} ${number}`, wish)) return true;
    } catch {
      // Locks may not be used here (a frame with an opaque origin): as without locks.
      return true;
    }
  }
  return false;
}

/** Whether the lock was free; it is then held until `wish.release()`. */
function tryLock(locks: LockKeeper, name: string, wish: Wish): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const asked = locks.request(name, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      if (lock === null || wish.isLeft) return undefined;
      return new Promise<void>((release) => {
        wish.release = release;
      });
    });
    asked.catch(reject);
  });
}
