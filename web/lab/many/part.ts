// The part “Many in one” of the lab.
import type { MountedPart, Part } from "../part.ts";
import { lead, title } from "../texts/many.ts";

export const many: Part = {
  id: "many",
  title,
  lead,
  mount(): MountedPart {
    return { start() {}, stop() {} };
  },
};
