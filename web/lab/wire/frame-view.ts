// One frame drawn: its bits in the order of the wire, each field with its name and what it says, and its payload byte by byte. What the
// bits are comes from the decoder of longwire/protocol; nothing here parses.
import { decodeClosePayload, isControl, nameOpcode, Opcode } from "longwire/protocol";
import { make, paragraph } from "../elements.ts";
import type { Text } from "../language.ts";
import {
  closePayloadText,
  extendedText,
  fieldNames,
  finText,
  incompleteText,
  keyText,
  lengthText,
  maskText,
  moreBytesText,
  opcodeText,
  payloadMaskedText,
  payloadPlainText,
  rsvText,
} from "../texts/wire.ts";
import type { Frame } from "./frames.ts";

type FieldName = keyof typeof fieldNames;

interface Field {
  readonly name: FieldName;
  /** "0" and "1", eight of them a byte. */
  readonly bits: string;
  /** Short: what they say. */
  readonly value: string;
  readonly note: Text;
}

/** So many bytes of a payload are drawn. */
const shownBytes = 48;

export function drawFrame(frame: Frame): HTMLElement {
  const fields = fieldsOf(frame);
  return make("div", "wire-drawing", [
    frame.isWhole ? undefined : paragraph(incompleteText, "wire-incomplete"),
    make("div", "wire-fields", fields.map(drawField)),
    drawPayload(frame),
    make(
      "dl",
      "wire-notes",
      fields.flatMap(({ name, value, note }) => [
        mark(make("dt", "", [make("span", "", fieldNames[name]), make("span", "wire-note-value", ` ${value}`)]), name),
        make("dd", "", note),
      ]),
    ),
  ]);
}

function fieldsOf({ header, bytes }: Frame): Field[] {
  const bits = (at: number, count: number): string =>
    Array.from(bytes.subarray(at, at + count), (byte) => byte.toString(2).padStart(8, "0")).join("");
  const [first, second] = [bits(0, 1), bits(1, 1)];
  const short = Number.parseInt(second.slice(1), 2);
  const length = header.length === Infinity ? "≥ 2⁵³" : header.length.toLocaleString("en");
  const fields: Field[] = [
    { name: "fin", bits: first.slice(0, 1), value: header.fin ? "1" : "0", note: finText(header.fin) },
    { name: "rsv", bits: first.slice(1, 4), value: first.slice(1, 4), note: rsvText(header.rsv !== 0) },
    {
      name: "opcode",
      bits: first.slice(4),
      value: `0x${header.opcode.toString(16)} ${nameOpcode(header.opcode).replace(/ .*/, "")}`,
      note: opcodeText(header.opcode),
    },
    { name: "mask", bits: second.slice(0, 1), value: header.masked ? "1" : "0", note: maskText(header.masked) },
    { name: "length", bits: second.slice(1), value: String(short), note: lengthText(short, length) },
  ];
  const extendedBytes = header.headerBytes - 2 - (header.masked ? 4 : 0);
  if (extendedBytes > 0) {
    fields.push({
      name: "extended",
      bits: bits(2, extendedBytes),
      value: length,
      note: extendedText(length, header.minimal),
    });
  }
  if (header.masked) {
    const key = bytes.subarray(2 + extendedBytes, header.headerBytes);
    fields.push({ name: "key", bits: bits(2 + extendedBytes, 4), value: hexOf(key), note: keyText });
  }
  return fields.filter((field) => field.bits !== "");
}

function drawField({ name, bits, value }: Field): HTMLElement {
  const bytes = bits.length > 8 ? (bits.match(/.{8}/g) ?? []) : [bits];
  return mark(
    make("div", "wire-field", [
      make(
        "div",
        "wire-field-bytes",
        bytes.map((byte) =>
          make(
            "span",
            "wire-bits",
            Array.from(byte, (bit) => make("span", bit === "1" ? "wire-bit wire-bit-on" : "wire-bit", bit)),
          ),
        ),
      ),
      make("span", "wire-field-name", fieldNames[name]),
      make("span", "wire-field-value", value),
    ]),
    name,
  );
}

function drawPayload({ header, bytes, payload }: Frame): HTMLElement | undefined {
  if (payload.length === 0) return undefined;
  const shown = payload.subarray(0, shownBytes);
  const wire = bytes.subarray(header.headerBytes);
  const extendedBytes = header.headerBytes - 2 - (header.masked ? 4 : 0);
  const key = bytes.subarray(2 + extendedBytes, header.headerBytes);
  const cells = Array.from(shown, (byte, at) =>
    make("span", "wire-byte", [
      ...(header.masked
        ? [
            make("span", "wire-byte-masked", hexOf(wire.subarray(at, at + 1))),
            make("span", "wire-byte-key", hexOf(key.subarray(at % 4, (at % 4) + 1))),
          ]
        : []),
      make("span", "wire-byte-plain", hexOf(Uint8Array.of(byte))),
      make("span", "wire-byte-sign", signOf(byte)),
    ]),
  );
  return mark(
    make("div", "wire-payload", [
      make("p", "wire-payload-head", [
        make("span", "wire-field-name", fieldNames.payload),
        make("span", "wire-small", header.masked ? payloadMaskedText : payloadPlainText),
      ]),
      make("div", "wire-byte-row", cells),
      payload.length > shown.length ? make("p", "wire-small", moreBytesText(payload.length - shown.length)) : undefined,
      closeNote(header.opcode, payload),
    ]),
    "payload",
  );
}

function closeNote(opcode: number, payload: Uint8Array): HTMLElement | undefined {
  if (opcode !== Opcode.close) return undefined;
  const close = decodeClosePayload(payload);
  return "reason" in close ? make("p", "wire-small", closePayloadText(close.code, close.reason)) : undefined;
}

/** In one line, for lists: what a payload says. */
export function previewOf({ header, payload }: Frame): string {
  if (payload.length === 0) return "";
  const start = payload.subarray(0, 24);
  const more = payload.length > start.length ? "…" : "";
  if (header.opcode === Opcode.close && payload.length >= 2) {
    const code = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
    return `${code} ${new TextDecoder().decode(payload.subarray(2))}`.trim();
  }
  if (header.opcode === Opcode.text || header.opcode === Opcode.continuation || isPrintable(start)) {
    return `“${new TextDecoder().decode(start)}${more}”`;
  }
  return `${hexOf(payload.subarray(0, 8), " ")}${payload.length > 8 ? "…" : ""}`;
}

/** For the list: "text", "ping", and what makes it unusual. */
export function nameFrame({ header }: Frame): string {
  const name = nameOpcode(header.opcode);
  return header.fin || isControl(header.opcode) ? name : `${name}…`;
}

function isPrintable(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}

function signOf(byte: number): string {
  if (byte === 0x20) return "sp";
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
}

function hexOf(bytes: Uint8Array, between = ""): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(between);
}

function mark<E extends HTMLElement>(element: E, field: FieldName): E {
  element.dataset["field"] = field;
  return element;
}
