// One thing that passed, in the words of a row: what it is, and what it says. A newcomer reads the name; who knows the wire reads the
// fields.
import type { ShownEntry, ShownEnvelope, ShownFrame, ShownPacket, ShownPayload } from "longwire/inspector";
import { carrierName } from "./carriers.ts";
import { payloadLine } from "./payload-text.ts";
import { shownLine } from "./shown-text.ts";

export interface EntryText {
  /** What it is, short: the colour of a row goes by it. */
  readonly name: string;
  /** Data of the application, control of the connection, or a turn of events. */
  readonly class: "data" | "control" | "event";
  readonly summary: string;
  /** Undefined when there is nothing to open. */
  readonly payload: ShownPayload | undefined;
}

/** For those with a payload that says it is not shown. */
const HIDDEN = "payload hidden";

export function entryText(entry: ShownEntry): EntryText {
  switch (entry.kind) {
    case "frame":
      return frameText(entry);
    case "packet":
      return packetText(entry);
    case "transport":
      return event("transport", `${carrierName(entry.transport)} carries it from here on`);
    case "end":
      return event("end", "the connection is over");
  }
}

function event(name: string, summary: string): EntryText {
  return { name, class: "event", summary, payload: undefined };
}

function frameText(frame: ShownFrame): EntryText {
  const { name, opcode, close, payload } = frame;
  const marks = [frame.fin ? "" : "more follows", frame.rsv === 0 ? "" : `rsv ${frame.rsv}`].filter(
    (mark) => mark !== "",
  );
  const said = close === undefined ? payloadSummary(payload) : closeSummary(close);
  const summary = [...marks, said].filter((part) => part !== "").join(" · ");
  return { name: shownLine(name), class: opcode >= 8 ? "control" : "data", summary, payload };
}

function closeSummary({ code, reason }: { readonly code: number; readonly reason: string }): string {
  const shown = code === 1005 ? "no code" : String(code);
  return reason === "" ? shown : `${shown} “${shownLine(reason)}”`;
}

function packetText(packet: ShownPacket): EntryText {
  const { envelope } = packet;
  if (envelope === undefined) {
    return { name: packet.name, class: "control", summary: fieldsText(packet.fields), payload: undefined };
  }
  return envelopeText(envelope);
}

function envelopeText(envelope: ShownEnvelope): EntryText {
  const { name, channel, fields, payload } = envelope;
  const where = channel === undefined ? "" : `channel ${channel}`;
  if (payload === undefined) {
    return {
      name,
      class: "control",
      summary: [where, fieldsText(fields)].filter((part) => part !== "").join(" · "),
      payload,
    };
  }
  const kind = fields["isText"] === true ? "text" : "binary";
  const more = fields["isFinal"] === true ? "" : "more follows";
  const parts = [where, more, payloadSummary(payload)].filter((part) => part !== "");
  return { name: kind, class: "data", summary: parts.join(" · "), payload };
}

function payloadSummary(payload: ShownPayload): string {
  if (payload.length === 0) return "empty";
  const line = payloadLine(payload);
  return line === "" ? HIDDEN : line;
}

function fieldsText(fields: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== "" && value !== false)
    .map(([name, value]) => (value === true ? words(name) : `${words(name)} ${shownLine(String(value))}`))
    .join(", ");
}

/** tokenBytes → token bytes */
function words(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
