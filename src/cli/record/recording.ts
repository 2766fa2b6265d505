// What a recording is: JSON lines, the first about the conversation, then one for each message and event, with the
// milliseconds since the connection was asked for. Written by `longwire record`, read by `longwire replay`; docs/reference/cli.md
// describes it for others. Reading says in one sentence what is wrong with a file.

export interface RecordingHead {
  readonly record: 1;
  readonly url: string;
  readonly protocols: readonly string[];
  /** ISO 8601. */
  readonly startedAt: string;
}

export interface RecordedMessage {
  readonly t: number;
  readonly from: "client" | "server";
  readonly type: "text" | "binary";
  /** The text, or the bytes in base64. */
  readonly data: string;
  /** Secrets were taken out of it. */
  readonly redacted?: true;
}

export interface RecordedEvent {
  readonly t: number;
  readonly event: "open" | "close" | "failed" | "full";
  readonly protocol?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly wasClean?: boolean;
  readonly fault?: string;
}

export type RecordingLine = RecordingHead | RecordedMessage | RecordedEvent;

export interface Recording {
  readonly head: RecordingHead;
  readonly messages: readonly RecordedMessage[];
  readonly openedAt: number;
  readonly close: RecordedEvent | undefined;
}

/** The recording in `text`, or a sentence about what is wrong with it. */
export function parseRecording(text: string): Recording | string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const head = parseObject(lines[0]);
  if (head?.["record"] !== 1 || typeof head["url"] !== "string") {
    return "This is no recording: its first line should be what `longwire record` writes there.";
  }
  const messages: RecordedMessage[] = [];
  let openedAt = 0;
  let close: RecordedEvent | undefined;
  let lastAt = 0;
  for (const [index, line] of lines.slice(1).entries()) {
    const value = parseObject(line);
    const t = value?.["t"];
    // The last line of a recording that was cut off may be half of one.
    if (value === undefined && index === lines.length - 2) break;
    if (value === undefined || typeof t !== "number" || !(t >= lastAt)) {
      return `Line ${index + 2} of the recording is damaged: expected an object with a time \`t\` that is not before the last one.`;
    }
    lastAt = t;
    const event = value["event"];
    if (event === "open") openedAt = t;
    else if (event === "close" || event === "failed") close = { t, event };
    else if (event === undefined) {
      if (!isMessage(value)) return `Line ${index + 2} of the recording is neither a message nor an event.`;
      messages.push(value);
    }
  }
  const protocols = Array.isArray(head["protocols"]) ? head["protocols"].map(String) : [];
  return {
    head: {
      record: 1,
      url: head["url"],
      protocols,
      startedAt: typeof head["startedAt"] === "string" ? head["startedAt"] : "",
    },
    messages,
    openedAt,
    close,
  };
}

/** What a message carries. */
export function dataOf({ type, data }: RecordedMessage): string | Uint8Array<ArrayBuffer> {
  return type === "text" ? data : new Uint8Array(Buffer.from(data, "base64"));
}

function isMessage(value: Readonly<Record<string, unknown>>): value is RecordedMessage & Record<string, unknown> {
  const { from, type, data } = value;
  return (from === "client" || from === "server") && (type === "text" || type === "binary") && typeof data === "string";
}

function parseObject(line: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line ?? "");
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
