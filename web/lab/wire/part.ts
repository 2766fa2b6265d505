// The part “The wire” of the lab.
import type { MountedPart, Part } from "../part.ts";
import { lead, title } from "../texts/wire.ts";

export const wire: Part = {
  id: "wire",
  title,
  lead,
  mount(): MountedPart {
    return { start() {}, stop() {} };
  },
};
