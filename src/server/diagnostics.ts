// The channels on which others may watch: `node:diagnostics_channel` names, stable, each with the shape of its messages.
// Nobody subscribed costs one comparison. Publishes facts; decides nothing.

import { channel, type Channel } from "node:diagnostics_channel";

/** `longwire:connection:open` `{ socket }`: a handshake was accepted. */
export const connectionOpen: Channel = channel("longwire:connection:open");

/** `longwire:connection:close` `{ socket, code, reason, wasClean, cause }`. */
export const connectionClose: Channel = channel("longwire:connection:close");

/** `longwire:handshake:refused` `{ status, code, message, path, remoteAddress }`. */
export const handshakeRefused: Channel = channel("longwire:handshake:refused");

/** `longwire:message:in` `{ socket, data }`: before the handler sees it. */
export const messageIn: Channel = channel("longwire:message:in");

/** `longwire:message:out` `{ socket, data }`; of a publication the frame as bytes. */
export const messageOut: Channel = channel("longwire:message:out");
