// Captured packets out of a pcap or pcapng file, both byte orders, one after the other, as far as the file goes. Trusts no
// length in it. Knows nothing of what is in a packet but the number of its link type.

export interface CapturedPacket {
  /** Seconds since 1970. */
  readonly at: number;
  readonly linkType: number;
  readonly bytes: Uint8Array;
  /** The packet was longer; the capture kept its beginning. */
  readonly isCut: boolean;
}

export interface Capture {
  readonly packets: readonly CapturedPacket[];
  /** What is wrong with the file, in a sentence; the packets are those before it. */
  readonly fault?: string;
}

const mostPackets = 1_000_000;
/** No link carries more in one packet; a length beyond it is damage. */
const mostPacketBytes = 1024 * 1024;
/** No machine has so many; a file that says so would be nothing but interfaces. */
const mostInterfaces = 65_536;

const pcapMagics = new Map<number, { readonly littleEndian: boolean; readonly perSecond: number }>([
  [0xa1b2c3d4, { littleEndian: false, perSecond: 1e6 }],
  [0xd4c3b2a1, { littleEndian: true, perSecond: 1e6 }],
  [0xa1b23c4d, { littleEndian: false, perSecond: 1e9 }],
  [0x4d3cb2a1, { littleEndian: true, perSecond: 1e9 }],
]);
const sectionHeader = 0x0a0d0d0a;

/** Whether `bytes` begin like a capture. */
export function isCapture(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const magic = viewOf(bytes).getUint32(0);
  return magic === sectionHeader || pcapMagics.has(magic);
}

export function readCapture(bytes: Uint8Array): Capture {
  return viewOf(bytes).getUint32(0) === sectionHeader ? readPcapng(bytes) : readPcap(bytes);
}

function readPcap(bytes: Uint8Array): Capture {
  const view = viewOf(bytes);
  const { littleEndian = false, perSecond = 1e6 } = pcapMagics.get(view.getUint32(0)) ?? {};
  const packets: CapturedPacket[] = [];
  if (bytes.length < 24) return { packets, fault: "The pcap file ends inside its header." };
  // The upper bits of the field say whether frames carry a checksum.
  const linkType = view.getUint32(20, littleEndian) & 0x0fffffff;
  let at = 24;
  while (at < bytes.length) {
    if (at + 16 > bytes.length) return { packets, fault: truncated(at) };
    const seconds = view.getUint32(at, littleEndian) + view.getUint32(at + 4, littleEndian) / perSecond;
    const captured = view.getUint32(at + 8, littleEndian);
    const original = view.getUint32(at + 12, littleEndian);
    if (captured > mostPacketBytes) return { packets, fault: impossible(captured, at) };
    at += 16;
    if (at + captured > bytes.length) return { packets, fault: truncated(at) };
    packets.push({ at: seconds, linkType, bytes: bytes.subarray(at, at + captured), isCut: original > captured });
    if (packets.length >= mostPackets) return { packets, fault: tooMany };
    at += captured;
  }
  return { packets };
}

interface Interface {
  readonly linkType: number;
  readonly perSecond: number;
}

function readPcapng(bytes: Uint8Array): Capture {
  const view = viewOf(bytes);
  const packets: CapturedPacket[] = [];
  let littleEndian = false;
  let interfaces: Interface[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 12 > bytes.length) return { packets, fault: truncated(at) };
    const isSection = view.getUint32(at) === sectionHeader;
    if (isSection) {
      // The order of the bytes is the section's own.
      const mark = view.getUint32(at + 8);
      if (mark !== 0x1a2b3c4d && mark !== 0x4d3c2b1a) return { packets, fault: "A section has no byte-order mark." };
      littleEndian = mark === 0x4d3c2b1a;
      interfaces = [];
    }
    const type = view.getUint32(at, littleEndian);
    const length = view.getUint32(at + 4, littleEndian);
    if (length < 12 || length % 4 !== 0 || length > 2 * mostPacketBytes)
      return { packets, fault: impossible(length, at) };
    if (at + length > bytes.length) return { packets, fault: truncated(at) };
    const block = bytes.subarray(at + 8, at + length - 4);
    if (type === 1 && block.length >= 8) interfaces.push(readInterface(block, littleEndian));
    if (interfaces.length > mostInterfaces)
      return { packets, fault: `The file has more than ${mostInterfaces} interfaces; the rest is not looked at.` };
    const packet = type === 6 ? readEnhanced(block, littleEndian, interfaces) : undefined;
    if (packet !== undefined) packets.push(packet);
    if (type === 3) packets.push(...readSimple(block, littleEndian, interfaces));
    if (packets.length >= mostPackets) return { packets, fault: tooMany };
    at += length;
  }
  return { packets };
}

function readInterface(block: Uint8Array, littleEndian: boolean): Interface {
  const view = viewOf(block);
  let perSecond = 1e6;
  for (let at = 8; at + 4 <= block.length;) {
    const code = view.getUint16(at, littleEndian);
    const length = view.getUint16(at + 2, littleEndian);
    if (code === 0 || at + 4 + length > block.length) break;
    // if_tsresol: a power of ten, or of two when the highest bit is set.
    if (code === 9 && length === 1) {
      const resolution = block[at + 4] ?? 6;
      perSecond = resolution >= 0x80 ? 2 ** (resolution & 0x7f) : 10 ** resolution;
    }
    at += 4 + ((length + 3) & ~3);
  }
  return { linkType: view.getUint16(0, littleEndian), perSecond };
}

function readEnhanced(
  block: Uint8Array,
  littleEndian: boolean,
  interfaces: readonly Interface[],
): CapturedPacket | undefined {
  if (block.length < 20) return undefined;
  const view = viewOf(block);
  const from = interfaces[view.getUint32(0, littleEndian)];
  const captured = view.getUint32(12, littleEndian);
  if (from === undefined || 20 + captured > block.length) return undefined;
  const ticks = view.getUint32(4, littleEndian) * 2 ** 32 + view.getUint32(8, littleEndian);
  const isCut = view.getUint32(16, littleEndian) > captured;
  return { at: ticks / from.perSecond, linkType: from.linkType, bytes: block.subarray(20, 20 + captured), isCut };
}

/** A block without time and interface: of the first one. */
function readSimple(block: Uint8Array, littleEndian: boolean, [from]: readonly Interface[]): readonly CapturedPacket[] {
  if (from === undefined || block.length < 4) return [];
  const original = viewOf(block).getUint32(0, littleEndian);
  const bytes = block.subarray(4, 4 + original);
  return [{ at: 0, linkType: from.linkType, bytes, isCut: original > bytes.length }];
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const tooMany = `The file has more than ${mostPackets} packets; the rest is not looked at.`;

function truncated(at: number): string {
  return `The file ends in the middle, in what begins at byte ${at}.`;
}

function impossible(length: number, at: number): string {
  return `The file is damaged at byte ${at}: a length of ${length} cannot be.`;
}
