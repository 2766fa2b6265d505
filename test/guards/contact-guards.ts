// The client's first contact with a server, ours or somebody else's, and how it leaves one for the next.

import type { Guard } from "./guard.ts";

export const contactGuards: readonly Guard[] = [
  {
    rows: ["V-63"],
    file: "client/discovery.ts",
    find: "new PlainCarrier(socket, clock, first)",
    replace: "new PlainCarrier(socket, clock)",
    tests: ["unit/client/discovery.test.ts"],
  },
  {
    rows: ["F-41"],
    file: "client/conversation.ts",
    find: "if (other.connector.kind === undefined) other.#wait();",
    replace: "",
    tests: ["unit/client/line.test.ts"],
  },
  {
    rows: ["F-41"],
    file: "client/conversation.ts",
    find: 'this.#state === "kept" ? this.#options.surroundings.idleMs : 0',
    replace: "this.#options.surroundings.idleMs",
    tests: ["unit/client/conversation.test.ts"],
  },
];
