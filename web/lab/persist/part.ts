// The part “Why it persists” of the lab.
import type { MountedPart, Part } from "../part.ts";
import { lead, title } from "../texts/persist.ts";

export const persist: Part = {
  id: "persist",
  title,
  lead,
  mount(): MountedPart {
    return { start() {}, stop() {} };
  },
};
