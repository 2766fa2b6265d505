// The part “The race” of the lab.
import type { MountedPart, Part } from "../part.ts";
import { lead, title } from "../texts/race.ts";

export const race: Part = {
  id: "race",
  title,
  lead,
  mount(): MountedPart {
    return { start() {}, stop() {} };
  },
};
