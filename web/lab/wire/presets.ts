// Frames to begin with: right ones, and one for each rule that a frame can break.
import { Opcode } from "longwire/protocol";
import type { Text } from "../language.ts";
import { presetTexts } from "../texts/wire.ts";
import { buildFrame, type FramePlan, joinBytes } from "./frames.ts";

export interface Preset {
  readonly id: keyof typeof presetTexts;
  readonly name: Text;
  readonly isRight: boolean;
  /** Drawn anew each time: masking keys are. */
  build(): Uint8Array;
}

const encoder = new TextEncoder();

/** A right text frame, but for what is said otherwise. */
function frame(plan: Partial<FramePlan> | string): Uint8Array {
  const text: FramePlan = {
    fin: true,
    rsv: 0,
    opcode: Opcode.text,
    isMasked: true,
    lengthForm: "shortest",
    payload: encoder.encode("Hello"),
  };
  return buildFrame(typeof plan === "string" ? { ...text, payload: encoder.encode(plan) } : { ...text, ...plan });
}

/** A masked Close with `code`, whichever it is, and nothing else. */
export function closeFrame(code: number): Uint8Array {
  return frame({ opcode: Opcode.close, payload: Uint8Array.of(code >> 8, code & 0xff) });
}

const preset = (id: Preset["id"], isRight: boolean, build: () => Uint8Array): Preset => ({
  id,
  name: presetTexts[id],
  isRight,
  build,
});

const { ping, pong, close, binary, continuation } = Opcode;

export const presets: readonly Preset[] = [
  preset("hello", true, () => frame("Hello")),
  preset("binary", true, () => frame({ opcode: binary, payload: Uint8Array.of(0xde, 0xad, 0xbe, 0xef) })),
  preset("ping", true, () => frame({ opcode: ping, payload: encoder.encode("hi") })),
  preset("pong", true, () => frame({ opcode: pong, payload: new Uint8Array(0) })),
  preset("fragments", true, () =>
    joinBytes([
      frame({ fin: false, payload: encoder.encode("Hel") }),
      frame({ opcode: ping, payload: encoder.encode("hi") }),
      frame({ opcode: continuation, payload: encoder.encode("lo") }),
    ]),
  ),
  preset("long", true, () => frame("W".repeat(200))),
  preset("close", true, () => closeFrame(1000)),
  preset("reservedOpcode", false, () => frame({ opcode: 3 })),
  preset("rsv", false, () => frame({ rsv: 4 })),
  preset("unmasked", false, () => frame({ isMasked: false })),
  preset("pingFragment", false, () => frame({ fin: false, opcode: ping, payload: encoder.encode("hi") })),
  preset("pingLong", false, () => frame({ opcode: ping, payload: new Uint8Array(126).fill(0x2e) })),
  preset("notMinimal", false, () => frame({ lengthForm: "16" })),
  preset("negative", false, () =>
    Uint8Array.of(0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 5, ...crypto.getRandomValues(new Uint8Array(4))),
  ),
  preset("continuation", false, () => frame({ opcode: continuation })),
  preset("interleaved", false, () =>
    joinBytes([frame({ fin: false, payload: encoder.encode("Hel") }), frame("another")]),
  ),
  preset("utf8", false, () => frame({ payload: Uint8Array.of(0x48, 0x69, 0xc3, 0x28) })),
  preset("tooBig", false, () => frame({ claimedLength: 2_000_000, payload: new Uint8Array(0) })),
  preset("closeShort", false, () => frame({ opcode: close, payload: Uint8Array.of(3) })),
  preset("closeNoStatus", false, () => closeFrame(1005)),
  preset("closeText", false, () => frame({ opcode: close, payload: Uint8Array.of(0x03, 0xe8, 0xff, 0xfe) })),
];
