// The first byte of a packet (wire/session-v1 §2). Used as a namespace, `import * as PacketType`: bundlers put the numbers where
// the names stand.

export const data = 0x00;
export const ack = 0x01;
export const ping = 0x02;
export const pong = 0x03;
export const at = 0x04;
export const greet = 0x05;
export const hello = 0x06;
export const welcome = 0x07;
export const resume = 0x08;
export const resumed = 0x09;
export const gone = 0x0a;
export const auth = 0x0b;
export const authed = 0x0c;
export const goAway = 0x0d;
export const bye = 0x0e;
export const pack = 0x0f;
