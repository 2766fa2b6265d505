// Captures made by hand: TCP segments in IPv4 or IPv6, in Ethernet, loopback or nothing, in pcap or pcapng of either byte order.
// Written from the formats' descriptions, apart from src/ on purpose.

export interface Packet {
  readonly bytes: Uint8Array;
  /** Seconds. */
  readonly at?: number;
  /** How long it was before the capture cut it. */
  readonly original?: number;
}

export interface SegmentFields {
  readonly from?: number;
  readonly to?: number;
  readonly sequence: number;
  readonly flags?: "S" | "SA" | "F" | "R" | "";
  readonly payload?: Uint8Array | string;
  readonly version?: 4 | 6;
}

export const clientPort = 50_000;
export const serverPort = 8101;
const flagBits = { S: 0x02, SA: 0x12, F: 0x11, R: 0x04, "": 0x10 } as const;

/** An IP packet with one TCP segment. */
export function ipPacket(fields: SegmentFields): Buffer {
  const { from = clientPort, to = serverPort, sequence, flags = "", payload = "", version = 4 } = fields;
  const body = Buffer.from(payload as Uint8Array);
  const tcp = Buffer.alloc(24);
  tcp.writeUInt16BE(from, 0);
  tcp.writeUInt16BE(to, 2);
  tcp.writeUInt32BE(sequence >>> 0, 4);
  // Six words: one of options.
  tcp[12] = 6 << 4;
  tcp[13] = flagBits[flags];
  if (version === 6) {
    const ip = Buffer.alloc(40);
    ip[0] = 0x60;
    ip.writeUInt16BE(tcp.length + body.length, 4);
    ip[6] = 6;
    ip[23] = ip[39] = 1;
    return Buffer.concat([ip, tcp, body]);
  }
  const ip = Buffer.alloc(20);
  ip[0] = 0x45;
  ip.writeUInt16BE(ip.length + tcp.length + body.length, 2);
  ip[9] = 6;
  ip.set([127, 0, 0, 1, 127, 0, 0, 1], 12);
  return Buffer.concat([ip, tcp, body]);
}

/** In Ethernet, with a VLAN tag if wanted, padded as short frames are. */
export function ethernet(packet: Uint8Array, vlan = false): Buffer {
  const head = Buffer.alloc(vlan ? 18 : 14);
  if (vlan) head.writeUInt16BE(0x8100, 12);
  head.writeUInt16BE((packet[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800, head.length - 2);
  const frame = Buffer.concat([head, packet]);
  return frame.length < 60 ? Buffer.concat([frame, Buffer.alloc(60 - frame.length)]) : frame;
}

/** In the loopback of BSD: the family before it. */
export function loopback(packet: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([2, 0, 0, 0]), packet]);
}

export interface FileFormat {
  readonly linkType?: number;
  readonly bigEndian?: boolean;
  readonly nanoseconds?: boolean;
}

export function pcap(packets: readonly Packet[], format: FileFormat = {}): Buffer {
  const { linkType = 1, bigEndian = false, nanoseconds = false } = format;
  const word = writer(bigEndian);
  const head = [nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, 0x00040002, 0, 0, 65_535, linkType].map(word);
  const records = packets.flatMap(({ bytes, at = 0, original = bytes.length }) => {
    const ticks = Math.round((at % 1) * (nanoseconds ? 1e9 : 1e6));
    return [...[Math.floor(at), ticks, bytes.length, original].map(word), bytes];
  });
  return Buffer.concat([...head, ...records]);
}

export function pcapng(packets: readonly Packet[], format: FileFormat = {}): Buffer {
  const { linkType = 1, bigEndian = false } = format;
  const word = writer(bigEndian);
  const block = (type: number, body: Uint8Array): Buffer => {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    const length = word(padded.length + 12);
    return Buffer.concat([word(type), length, padded, length]);
  };
  const half = Buffer.alloc(2);
  if (bigEndian) half.writeUInt16BE(linkType, 0);
  else half.writeUInt16LE(linkType, 0);
  const section = block(0x0a0d0d0a, Buffer.concat([word(0x1a2b3c4d), word(1), word(0xffffffff), word(0xffffffff)]));
  const description = block(1, Buffer.concat([half, Buffer.alloc(2), word(65_535)]));
  const records = packets.map(({ bytes, at = 0, original = bytes.length }) => {
    const ticks = BigInt(Math.round(at * 1e6));
    const time = [Number(ticks >> 32n), Number(ticks & 0xffffffffn)].map(word);
    return block(6, Buffer.concat([word(0), ...time, word(bytes.length), word(original), bytes]));
  });
  return Buffer.concat([section, description, ...records]);
}

function writer(bigEndian: boolean): (value: number) => Buffer {
  return (value) => {
    const bytes = Buffer.alloc(4);
    if (bigEndian) bytes.writeUInt32BE(value >>> 0, 0);
    else bytes.writeUInt32LE(value >>> 0, 0);
    return bytes;
  };
}

/** A connection's packets: what each side says in turn, from the SYN to the FIN, a millisecond apart. */
export function conversation(
  turns: readonly (readonly [side: "client" | "server", bytes: Uint8Array | string])[],
  version: 4 | 6 = 4,
): Buffer[] {
  const next = { client: 1_000, server: 4_294_967_290 };
  const ports = { client: [clientPort, serverPort], server: [serverPort, clientPort] } as const;
  const say = (side: "client" | "server", flags: SegmentFields["flags"], payload: Uint8Array | string = ""): Buffer => {
    const [from, to] = ports[side];
    const packet = ipPacket({ from, to, sequence: next[side], flags: flags ?? "", payload, version });
    next[side] += Buffer.from(payload as Uint8Array).length + (flags === "" ? 0 : 1);
    return packet;
  };
  return [
    say("client", "S"),
    say("server", "SA"),
    ...turns.map(([side, bytes]) => say(side, "", bytes)),
    say("client", "F"),
    say("server", "F"),
  ];
}
