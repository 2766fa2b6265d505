// The surroundings of a line where it runs: a page, a worker, or a process without either. Looks around when a line is made,
// never at import. Decides nothing; the parts are in the files beside this one.
import type { Clock } from "../../base/clock.ts";
import type { Fetch } from "../../transports/http/request.ts";
import type { Dialler, SocketLike } from "../../transports/websocket/client.ts";
import type { SocketSurroundings, Surroundings } from "../surroundings.ts";
import { readsStreams } from "./abilities.ts";
import { createPatientClock } from "./clock.ts";
import { globals as runtimeGlobals, look, type Globals } from "./globals.ts";
import { Life } from "./life.ts";
import { takeSeat } from "./seats.ts";
import { watchSleep } from "./sleep.ts";
import { createTextMemory } from "./text-memory.ts";

/** The parts that somebody knows better, such as Node's own sockets. */
export interface Replaced extends Partial<Surroundings> {
  /** The clock for what is no reason to stay: looking out for sleep. Default: `clock`. */
  readonly idleClock?: Clock;
}

/** What is there for a line over WebSocket alone, but for what is replaced. */
export function socketSurroundingsHere(
  replaced: Replaced = {},
  globals: Globals = runtimeGlobals(),
): SocketSurroundings {
  const document = look(globals, "document");
  const { clock = createPatientClock(), wallNow = Date.now } = replaced;
  return {
    clock,
    idleMs: 5_000,
    // Jitter is all that a client needs of chance: there is nothing to guess.
    random: { fraction: Math.random },
    dial: typeof look(globals, "WebSocket") === "function" ? dialler(globals) : undefined,
    baseUrl: look(document, "baseURI") ?? look(look(globals, "location"), "href"),
    watch(owner) {
      const life = new Life(globals, owner);
      const sleep = watchSleep(
        replaced.idleClock ?? clock,
        wallNow,
        () => life.isHidden,
        () => {
          // Whoever was put away is told when it returns.
          if (!life.isAway) owner.receiveWoken();
        },
      );
      life.onClose(() => sleep.stop());
      return life;
    },
    ...replaced,
  };
}

/** And for a line with every transport. */
export function surroundingsHere(replaced: Replaced = {}, globals: Globals = runtimeGlobals()): Surroundings {
  const { wallNow = Date.now } = replaced;
  return {
    wallNow,
    fetch: typeof look(globals, "fetch") === "function" ? fetcher(globals) : undefined,
    readsStreams: readsStreams(globals),
    memory: createTextMemory(globals, wallNow),
    takeSeat: (origin, receive) => takeSeat(globals, origin, receive),
    ...socketSurroundingsHere(replaced, globals),
    ...replaced,
  };
}

/** Both look their function up at each call, so that what replaces it later, such as a test's or a monitor's, is used. */
function dialler(globals: Globals): Dialler {
  return (url, protocols) =>
    new (globals.WebSocket as new (url: string, protocols: string[]) => SocketLike)(url, protocols);
}

function fetcher(globals: Globals): Fetch {
  return (url, init) => (globals as { fetch: Fetch }).fetch(url, init);
}
