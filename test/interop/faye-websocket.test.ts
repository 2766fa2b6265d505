// Interoperation with the `faye-websocket` package, in both roles.
import { conversesAsClient, conversesAsServer } from "./conversation.ts";
import { dialWithFaye, listenWithFaye } from "./peers/faye-peer.ts";

const traits = {
  bareClose: { heard: 1000, sent: 1000 },
  // Younger than its list of codes; it answers them with 1002.
  refusesCodes: [1012, 1013, 1014],
};

conversesAsServer("a faye-websocket client", dialWithFaye, traits);
conversesAsClient("a faye-websocket server", listenWithFaye, traits);
