// The four lives of one setting, and the globals under which the browser's half of the package believes in virtual time. For a thread of
// its own: whoever lives here has no other clock. Longwire's client is the one that pages load.
import { WebSocketLine } from "../../../client/index.ts";
import { VirtualClock } from "../../../testing/index.ts";
import type { LifeSettings, Story } from "./wire.ts";
import { type LifeSurroundings, World } from "./world.ts";

const lives: readonly (readonly [Story["kind"], boolean])[] = [
  ["plain", false],
  ["plain", true],
  ["session", false],
  ["session", true],
];

/** Lives all four, one after the other, and tells each story when it is over. */
export async function liveAll(settings: LifeSettings, tell: (story: Story) => void): Promise<void> {
  for (const [kind, hasHeartbeat] of lives) {
    const clock = new VirtualClock();
    const restore = bendTime(clock);
    try {
      const world = new World(kind, hasHeartbeat, settings, { clock, openInSession: sessionOpener() });
      tell(await world.live());
    } finally {
      restore();
    }
  }
}

function sessionOpener(): LifeSurroundings["openInSession"] {
  let line: WebSocketLine | undefined;
  return ({ url, path, dial, ear }) => {
    // The client looks for it at every dial, as for a browser's own.
    Object.assign(globalThis, {
      WebSocket: function (target: string, protocols: readonly string[]) {
        return dial(target, protocols);
      },
    });
    line ??= new WebSocketLine(url);
    const socket = line.open(path);
    socket.onmessage = ({ data }) => ear.hear(data);
    socket.onclose = () => ear.ended();
  };
}

/** Every clock that a page has says what `clock` says. Undone by what is returned. */
function bendTime(clock: VirtualClock): () => void {
  const { setTimeout, clearTimeout, WebSocket } = globalThis;
  const { now } = Date;
  const names: Record<string, unknown> = {
    setTimeout: (run: () => void, delayMs = 0) => clock.schedule(delayMs, run),
    clearTimeout: (timer: { cancel?: () => void } | undefined) => timer?.cancel?.(),
  };
  Object.assign(globalThis, names);
  Date.now = (): number => 1_000_000_000_000 + clock.now();
  Object.defineProperty(performance, "now", { value: () => clock.now(), configurable: true });
  return () => {
    Object.assign(globalThis, { setTimeout, clearTimeout, WebSocket });
    Date.now = now;
    delete (performance as { now?: unknown }).now;
  };
}
