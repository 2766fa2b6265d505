// One library and no other: what the others cost at their start is not measured with it.
import type { Peer, PeerName } from "./peer.ts";

const loads: Readonly<Record<PeerName, () => Promise<Peer>>> = {
  longwire: async () => (await import("./longwire.ts")).longwire,
  line: async () => (await import("./longwire.ts")).line,
  "socket-io": async () => (await import("./socket-io.ts")).socketIo,
  sockjs: async () => (await import("./sockjs.ts")).sockJs,
};

export function loadPeer(name: PeerName): Promise<Peer> {
  return loads[name]();
}
