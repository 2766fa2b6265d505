// The part “The break” of the lab.
import type { MountedPart, Part } from "../part.ts";
import { lead, title } from "../texts/break.ts";

export const breaking: Part = {
  id: "break",
  title,
  lead,
  mount(): MountedPart {
    return { start() {}, stop() {} };
  },
};
