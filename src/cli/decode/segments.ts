// TCP segments out of captured packets: Ethernet with VLAN tags, Linux cooked captures, loopback and raw IP; IPv4 and IPv6.
// What is something else, or damaged, is no segment. IP fragments are not put together: TCP does not send any.

import type { CapturedPacket } from "./capture-file.ts";

export interface Segment {
  readonly at: number;
  /** `address:port`. */
  readonly from: string;
  readonly to: string;
  readonly sequence: number;
  readonly isSyn: boolean;
  readonly isEnd: boolean;
  readonly isReset: boolean;
  readonly payload: Uint8Array;
  /** How many bytes the packet had that the capture has not kept. */
  readonly missing: number;
}

const ethertypes = { ipv4: 0x0800, ipv6: 0x86dd } as const;
const vlanTags = new Set([0x8100, 0x88a8, 0x9100]);
const tcp = 6;

export function readSegment(packet: CapturedPacket): Segment | undefined {
  const ip = unwrapLink(packet.linkType, packet.bytes);
  return ip === undefined ? undefined : readIp(ip, packet.at);
}

/** The link types that can be read, with what they are called. */
export const knownLinkTypes: ReadonlySet<number> = new Set([0, 1, 12, 14, 101, 108, 113, 228, 229, 276]);

function unwrapLink(linkType: number, bytes: Uint8Array): Uint8Array | undefined {
  switch (linkType) {
    case 1: {
      let at = 12;
      let type = word(bytes, at);
      while (type !== undefined && vlanTags.has(type)) type = word(bytes, (at += 4));
      return type === ethertypes.ipv4 || type === ethertypes.ipv6 ? bytes.subarray(at + 2) : undefined;
    }
    // Loopback: the address family, in whichever byte order the machine has.
    case 0:
    case 108:
      return bytes.subarray(4);
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return bytes;
    // Linux cooked, versions 1 and 2.
    case 113:
      return bytes.subarray(16);
    case 276:
      return bytes.subarray(20);
    default:
      return undefined;
  }
}

function readIp(bytes: Uint8Array, at: number): Segment | undefined {
  const version = (bytes[0] ?? 0) >> 4;
  if (version === 4) {
    const headerBytes = ((bytes[0] ?? 0) & 15) * 4;
    const total = word(bytes, 2) ?? 0;
    // Later fragments have no TCP header.
    const isFragment = ((word(bytes, 6) ?? 0) & 0x1fff) !== 0;
    if (headerBytes < 20 || bytes[9] !== tcp || isFragment) return undefined;
    // A length of 0 is what offloading leaves in captures of one's own machine.
    const end = total < headerBytes ? Math.max(bytes.length, headerBytes) : total;
    return readTcp(bytes, headerBytes, end, { at, from: dotted(bytes, 12), to: dotted(bytes, 16) });
  }
  if (version === 6 && bytes.length >= 40) {
    const total = word(bytes, 4) ?? 0;
    const start = skipExtensions(bytes);
    if (start === undefined) return undefined;
    const end = total === 0 ? bytes.length : 40 + total;
    return readTcp(bytes, start, end, { at, from: colons(bytes, 8), to: colons(bytes, 24) });
  }
  return undefined;
}

/** Where TCP begins behind the extension headers of IPv6; undefined when it is another protocol. */
function skipExtensions(bytes: Uint8Array): number | undefined {
  let next = bytes[6];
  let at = 40;
  for (let count = 0; count < 8; count++) {
    if (next === tcp) return at;
    if (next !== 0 && next !== 43 && next !== 60) return undefined;
    next = bytes[at];
    at += 8 * ((bytes[at + 1] ?? 0) + 1);
  }
  return undefined;
}

interface Way {
  readonly at: number;
  readonly from: string;
  readonly to: string;
}

function readTcp(bytes: Uint8Array, start: number, end: number, { at, from, to }: Way): Segment | undefined {
  const ports = [word(bytes, start), word(bytes, start + 2)] as const;
  const high = word(bytes, start + 4);
  const low = word(bytes, start + 6);
  const sizes = bytes[start + 12];
  const flags = bytes[start + 13];
  if (high === undefined || low === undefined || sizes === undefined || flags === undefined) return undefined;
  const headerBytes = (sizes >> 4) * 4;
  const begin = start + headerBytes;
  if (headerBytes < 20 || begin > end) return undefined;
  const payload = bytes.subarray(begin, Math.min(end, bytes.length));
  return {
    at,
    from: `${from}:${ports[0] ?? 0}`,
    to: `${to}:${ports[1] ?? 0}`,
    sequence: high * 0x10000 + low,
    isSyn: (flags & 2) !== 0,
    isEnd: (flags & 1) !== 0,
    isReset: (flags & 4) !== 0,
    payload,
    missing: end - begin - payload.length,
  };
}

function word(bytes: Uint8Array, at: number): number | undefined {
  const [high, low] = [bytes[at], bytes[at + 1]];
  return high === undefined || low === undefined ? undefined : high * 256 + low;
}

function dotted(bytes: Uint8Array, at: number): string {
  return [...bytes.subarray(at, at + 4)].join(".");
}

function colons(bytes: Uint8Array, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => (word(bytes, at + 2 * index) ?? 0).toString(16));
  return `[${groups.join(":").replace(/(^|:)0(?::0)+(:|$)/, "::")}]`;
}
