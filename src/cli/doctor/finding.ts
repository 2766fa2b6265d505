// One thing that is wrong, as diagnosis.ts finds it. The identifiers are stable; scripts rely on them. Interfaces only.

import type { Remedy } from "./remedies.ts";

/** error: a WebSocket does not get through. warning: it works, and something costs or will break. note: good to know. */
export type Severity = "error" | "warning" | "note";

export interface Finding {
  readonly id: string;
  readonly severity: Severity;
  /** What was seen, and what it means. */
  readonly text: string;
  readonly remedy: Remedy;
}
