// How attackers send much with little: blocks of frames made once, written again and again as fast as the peer takes them.
import { rawFrame, type RawClient, type RawFrameInput } from "../../support/raw-client.ts";

/** A key that masks nothing costs nothing to make; the server cannot know. */
const key = new Uint8Array(4);

/** `count` equal frames in one piece. */
export function frames(count: number, input: RawFrameInput): Buffer {
  const one = rawFrame({ mask: key, ...input });
  return Buffer.alloc(one.length * count, one);
}

/** Writes `bytes`, `times` times. Resolves when the kernel has all of it; false when the connection is gone before. */
export async function pour(client: RawClient, bytes: Uint8Array, times = 1): Promise<boolean> {
  for (let count = 0; count < times; count++) {
    if (!(await written(client, bytes))) return false;
  }
  return true;
}

function written({ socket }: RawClient, bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    if (socket.destroyed || socket.writableEnded) resolve(false);
    else socket.write(bytes, (error) => resolve(error === null || error === undefined));
  });
}

/** Resolves when the server has read everything sent before: it answers a ping in the order of bytes. */
export async function caughtUp(client: RawClient, word = "caught up?"): Promise<void> {
  client.writeFrame({ opcode: 9, payload: word });
  for (;;) {
    const frame = await client.nextFrame();
    if (frame.opcode === 10 && frame.text === word) return;
  }
}

/** A server's frames, as they come off a socket that was paused: counts them and keeps the last, not the bytes. */
export async function countFrames(client: RawClient, isLast: (opcode: number, payload: Buffer) => boolean) {
  const counts = new Map<number, number>();
  for (;;) {
    const { opcode, payload } = await client.nextFrame();
    counts.set(opcode, (counts.get(opcode) ?? 0) + 1);
    if (isLast(opcode, payload)) return { counts, payload };
  }
}
