// A payload as text to look at: JSON indented, other text as it is, bytes as a hex dump. Decides by trying; shows what is there and
// says when there is more.
import type { ShownPayload } from "longwire/inspector";
import { shownLine, shownText } from "./shown-text.ts";

export type PayloadForm = "json" | "text" | "hex" | "none";

export interface PayloadText {
  readonly form: PayloadForm;
  readonly text: string;
}

const BYTES_PER_LINE = 16;
/** What is nested deeper is shown as it came: indented, four thousand brackets are eight million blanks. */
const MOST_LEVELS = 64;

/** Whether there is something to look at, without laying it out. */
export function hasPayload({ text, base64 = "" }: ShownPayload): boolean {
  return text === undefined ? base64 !== "" : text !== "";
}

export function payloadText(payload: ShownPayload): PayloadText {
  const { text, base64 = "" } = payload;
  if (!hasPayload(payload)) return nothing;
  if (text === undefined) return { form: "hex", text: hexDump(bytesOf(base64)) };
  const json = indented(text);
  return json === undefined ? { form: "text", text: shownText(text) } : { form: "json", text: shownText(json) };
}

const nothing: PayloadText = { form: "none", text: "" };

/** The beginning in one line, for a row. */
export function payloadLine(payload: ShownPayload, most = 160): string {
  const { text, base64 = "" } = payload;
  if (text !== undefined) return cut(shownLine(text.slice(0, most + 1)), most);
  const bytes = bytesOf(base64.slice(0, 64));
  const shown = Array.from(bytes.subarray(0, 24), hexOf).join(" ");
  return bytes.length > 24 || base64.length > 64 ? `${shown} …` : shown;
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** Undefined for what is no JSON object or list; the server may have left secrets out of it, which leaves it what it was. */
function indented(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isDeeper(value, MOST_LEVELS) ? undefined : JSON.stringify(value, undefined, 2);
  } catch {
    return undefined;
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isDeeper(child, levels - 1));
}

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

const hexOf = (byte: number): string => byte.toString(16).padStart(2, "0");

/** `0010  68 65 6c 6c 6f …  hello…` */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    const line = bytes.subarray(at, at + BYTES_PER_LINE);
    const hex = Array.from(line, hexOf)
      .join(" ")
      .padEnd(BYTES_PER_LINE * 3 - 1);
    const ascii = Array.from(line, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join("");
    lines.push(`${at.toString(16).padStart(4, "0")}  ${hex}  ${ascii}`);
  }
  return lines.join("\n");
}
