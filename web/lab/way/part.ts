// The part “The way here” of the lab.
import type { MountedPart, Part } from "../part.ts";
import { lead, title } from "../texts/way.ts";

export const way: Part = {
  id: "way",
  title,
  lead,
  mount(): MountedPart {
    return { start() {}, stop() {} };
  },
};
