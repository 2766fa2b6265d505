// The garbage collector at a test's command, without a flag on the command line.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { settled } from "./fake-clock.ts";

setFlagsFromString("--expose_gc");
const collect = runInNewContext("gc") as () => void;

/** Collects what nothing refers to; several times, because what one pass frees can be what held the next. */
export async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    await settled();
    collect();
  }
}
