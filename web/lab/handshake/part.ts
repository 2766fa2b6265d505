// The part “The handshake” of the lab.
import type { MountedPart, Part } from "../part.ts";
import { lead, title } from "../texts/handshake.ts";

export const handshake: Part = {
  id: "handshake",
  title,
  lead,
  mount(): MountedPart {
    return { start() {}, stop() {} };
  },
};
