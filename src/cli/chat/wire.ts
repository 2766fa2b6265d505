// The words of the chat: JSON texts between the page and `/chat/:room`. Both ends take the types from here; the page
// takes nothing else. What a client says is judged here structurally and nowhere else; whether it may be said now
// (joined, not too fast, room not full) is for chat.ts and room.ts.
//
//   client                                  server
//     join(name)            ----------->      joined(name) to the others, if no other tab has this name
//                           <-----------      welcome: members, the last messages
//     say(text, key)        ----------->      said(message) to everybody, the sender included: that is the receipt for `key`
//     typing(active)        ----------->      typing(name, active) to everybody
//     (closes)              ----------->      left(name), when it was the last tab of this name

/** What the chat accepts; everything beyond is refused with 1008. Lengths count UTF-16 units, as `maxlength` does. */
export const chatWireLimits = {
  /** A name must fit beside a time stamp on a phone. */
  nameLength: 32,
  /** A long paragraph; longer texts want a file. */
  textLength: 2_000,
  /** A room name is part of an address that people read out. */
  roomLength: 32,
  /** The longest text with every character escaped as six, and room for the rest. */
  messageLength: 16_384,
} as const;

/** One thing somebody said. `id` counts up by one inside an epoch of its room. */
export interface Said {
  readonly id: number;
  /** Milliseconds since 1970, by the server's clock. */
  readonly at: number;
  readonly name: string;
  readonly text: string;
  /**
   * Chosen by the sender: the same key from the same name is the same message, so it is safe to say it again after a
   * broken connection.
   */
  readonly key: string;
}

export type ClientMessage =
  | { readonly type: "join"; readonly name: string }
  | { readonly type: "say"; readonly text: string; readonly key: string }
  | { readonly type: "typing"; readonly active: boolean };

export type ServerMessage =
  | {
      readonly type: "welcome";
      /** A new one each time the room is made anew; ids of different epochs cannot be compared. */
      readonly epoch: string;
      /** The name as the room writes it: composed, without surplus white space. */
      readonly name: string;
      readonly members: readonly string[];
      readonly messages: readonly Said[];
    }
  | { readonly type: "said"; readonly message: Said }
  | { readonly type: "joined"; readonly name: string; readonly at: number }
  | { readonly type: "left"; readonly name: string; readonly at: number }
  | { readonly type: "typing"; readonly name: string; readonly active: boolean };

/** Why a client's message was not understood; `fault` is fit for a close reason. */
export interface WireFault {
  readonly fault: string;
}

const keyPattern = /^[\w-]{1,36}$/;
const roomPattern = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]*$/u;
// Controls, line separators, zero-width and direction overrides let one name look like another or turn the line around it.
const forbiddenInName = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/u;
const forbiddenInText = /[^\P{Cc}\n\t]/u;

/** Reads one message of a client. Never throws: what is not understood comes back as a fault. */
export function parseClientMessage(data: string | Uint8Array): ClientMessage | WireFault {
  if (typeof data !== "string") return { fault: "the chat speaks JSON in text messages, not binary" };
  if (data.length > chatWireLimits.messageLength)
    return { fault: `a chat message has at most ${chatWireLimits.messageLength} characters` };
  const fields = parseObject(data);
  if (fields === undefined) return { fault: "expected one JSON object" };
  switch (fields.get("type")) {
    case "join":
      return parseJoin(fields);
    case "say":
      return parseSay(fields);
    case "typing":
      return parseTyping(fields);
    default:
      return { fault: 'expected "type" to be join, say or typing' };
  }
}

export function formatServerMessage(message: ServerMessage): string {
  return JSON.stringify(message);
}

export function isRoomName(name: string): boolean {
  return name.length <= chatWireLimits.roomLength && roomPattern.test(name);
}

function parseObject(text: string): ReadonlyMap<string, unknown> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value));
}

function parseJoin(fields: ReadonlyMap<string, unknown>): ClientMessage | WireFault {
  const given = fields.get("name");
  if (typeof given !== "string") return { fault: 'join: expected "name" to be a string' };
  const name = given.normalize("NFC").trim().replaceAll(/\s+/g, " ");
  if (name.length === 0 || name.length > chatWireLimits.nameLength) {
    return { fault: `join: a name has 1 to ${chatWireLimits.nameLength} characters` };
  }
  if (forbiddenInName.test(name)) return { fault: "join: a name has no control or direction characters" };
  return { type: "join", name };
}

function parseSay(fields: ReadonlyMap<string, unknown>): ClientMessage | WireFault {
  const text = fields.get("text");
  const key = fields.get("key");
  if (typeof text !== "string") return { fault: 'say: expected "text" to be a string' };
  if (text.trim().length === 0 || text.length > chatWireLimits.textLength) {
    return { fault: `say: a text has 1 to ${chatWireLimits.textLength} characters` };
  }
  if (forbiddenInText.test(text)) return { fault: "say: a text has no control characters but new line and tab" };
  if (typeof key !== "string" || !keyPattern.test(key))
    return { fault: 'say: expected "key" to be 1 to 36 of A-Z a-z 0-9 _ -' };
  return { type: "say", text, key };
}

function parseTyping(fields: ReadonlyMap<string, unknown>): ClientMessage | WireFault {
  const active = fields.get("active");
  if (typeof active !== "boolean") return { fault: 'typing: expected "active" to be true or false' };
  return { type: "typing", active };
}
