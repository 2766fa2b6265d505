// Why a session is over for the client that asked for it (wire/session-v1 §2, GONE). Used as a namespace, like packet-type.ts.

export const unknown = 1;
export const expired = 2;
export const replaced = 3;
export const forbidden = 4;
export const version = 5;
export const closing = 6;
