// Interoperation with the WebSocket of undici, a client only.
import { conversesAsServer } from "./conversation.ts";
import { dialWithUndici } from "./peers/undici-peer.ts";

conversesAsServer("an undici client", dialWithUndici, {
  // Its decoder takes a leading byte order mark for a mark; in a message it is a character.
  readsText: (text) => text.replace(/^\ufeff/, ""),
});
