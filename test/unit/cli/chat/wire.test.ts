// What the chat understands and what it refuses, message by message.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chatWireLimits, isRoomName, parseClientMessage } from "../../../../src/cli/chat/wire.ts";

const parse = (value: unknown): unknown => parseClientMessage(JSON.stringify(value));
const fault = (part: string): unknown => ({ fault: expect.stringContaining(part) });

describe("a client's message", () => {
  it("is understood in its three forms, and what it carries besides is ignored", () => {
    expect(parse({ type: "join", name: "Ada", colour: "red" })).toEqual({ type: "join", name: "Ada" });
    expect(parse({ type: "say", text: "hello\n\tthere", key: "a-1_Z" })).toEqual({
      type: "say",
      text: "hello\n\tthere",
      key: "a-1_Z",
    });
    expect(parse({ type: "typing", active: false })).toEqual({ type: "typing", active: false });
  });

  it.each(["", "nonsense", "{", "[]", "null", "1", '"join"', "[".repeat(16_000)])("is refused as %j", (text) => {
    expect(parseClientMessage(text)).toEqual(fault("expected one JSON object"));
  });

  it("is refused in a binary message", () => {
    expect(parseClientMessage(new TextEncoder().encode('{"type":"typing","active":true}'))).toEqual(
      fault("not binary"),
    );
  });

  it("is refused when longer than any message needs to be, before it is parsed", () => {
    const long = `{"type":"typing","active":true}${" ".repeat(chatWireLimits.messageLength)}`;
    expect(parseClientMessage(long)).toEqual(fault("at most 16384"));
  });

  it.each([undefined, "", "admin", "constructor", "__proto__", 7, null])("is refused with the type %j", (type) => {
    expect(parse({ type })).toEqual(fault('expected "type"'));
  });

  it("cannot reach through __proto__", () => {
    expect(parseClientMessage('{"__proto__":{"type":"join","name":"Ada"}}')).toEqual(fault('expected "type"'));
  });

  it("gives each refusal a reason that fits into a close frame", () => {
    const bad = ["", "{}", '{"type":"join"}', '{"type":"join","name":""}', '{"type":"join","name":"\\u0000"}'].concat(
      ['{"type":"say"}', '{"type":"say","text":""}', '{"type":"say","text":"\\u0000"}', '{"type":"say","text":"a"}'],
      ['{"type":"typing"}', " ".repeat(20_000)],
    );
    for (const text of bad) {
      const parsed = parseClientMessage(text);
      if (!("fault" in parsed)) throw new Error(`${text} was understood`);
      expect(Buffer.byteLength(parsed.fault)).toBeLessThanOrEqual(123);
    }
  });
});

describe("a name", () => {
  it("is composed, trimmed, and its inner white space made single", () => {
    expect(parse({ type: "join", name: "  Zoe\u0308 \n  K  " })).toEqual({ type: "join", name: "Zoë K" });
  });

  it("has 1 to 32 characters", () => {
    expect(parse({ type: "join", name: "x".repeat(32) })).toEqual({ type: "join", name: "x".repeat(32) });
    expect(parse({ type: "join", name: "x".repeat(33) })).toEqual(fault("1 to 32"));
    expect(parse({ type: "join", name: " \u00a0 " })).toEqual(fault("1 to 32"));
  });

  it.each(["a\u0000b", "a\u001bb", "a\u202eb", "a\u2066b", "a\u200bb", "a\ud800b"])(
    "is refused with an invisible or turning character: %j",
    (name) => expect(parse({ type: "join", name })).toEqual(fault("control or direction")),
  );

  it("may hold any script and joined emoji", () => {
    for (const name of ["محمد علي", "王小明", "Łukasz", "👩‍💻 Dev", "<b>bold</b>"]) {
      expect(parse({ type: "join", name })).toEqual({ type: "join", name });
    }
  });

  it.each([7, null, ["Ada"], { name: "Ada" }, true])("is refused as %j", (name) => {
    expect(parse({ type: "join", name })).toEqual(fault('expected "name" to be a string'));
  });
});

describe("a text", () => {
  it("has 1 to 2,000 characters and not only white space", () => {
    const text = "ß".repeat(2_000);
    expect(parse({ type: "say", text, key: "k" })).toEqual({ type: "say", text, key: "k" });
    expect(parse({ type: "say", text: `${text}.`, key: "k" })).toEqual(fault("1 to 2000"));
    expect(parse({ type: "say", text: " \n\t", key: "k" })).toEqual(fault("1 to 2000"));
  });

  it.each(["\u0000", "a\rb", "\u001b[31m", "\u007f", "\u0085"])(
    "is refused with the control character in %j",
    (text) => {
      expect(parse({ type: "say", text: `a${text}b`, key: "k" })).toEqual(fault("control characters"));
    },
  );

  it("fits into the message limit even with every character escaped", () => {
    const escaped = "\\u0041".repeat(2_000);
    const message = `{"type":"say","key":"${"k".repeat(36)}","text":"${escaped}"}`;
    expect(parseClientMessage(message)).toMatchObject({ text: "A".repeat(2_000) });
  });

  it.each(["", "x".repeat(37), "a b", "ä", 5, undefined])("is refused with the key %j", (key) => {
    expect(parse({ type: "say", text: "hello", key })).toEqual(fault('expected "key"'));
  });
});

describe("a room name", () => {
  it.each(["lobby", "tea-cake", "a", "7", "größe", "комната", "हिन्दी", "x".repeat(32)])("may be %j", (name) => {
    expect(isRoomName(name)).toBe(true);
  });

  it.each(["", "-a", "_", "a b", "a/b", "a:b", "..", "a\u0000", "<b>", "x".repeat(33)])("may not be %j", (name) => {
    expect(isRoomName(name)).toBe(false);
  });
});

it("the page limits its fields to what the server accepts", () => {
  const html = readFileSync(new URL("../../../../web/chat/index.html", import.meta.url), "utf8");
  const maxLength = (id: string): number => Number(new RegExp(`id="${id}"[^>]*maxlength="(\\d+)"`).exec(html)?.[1]);
  expect(maxLength("name-input")).toBe(chatWireLimits.nameLength);
  expect(maxLength("text")).toBe(chatWireLimits.textLength);
  expect(maxLength("room-input")).toBe(chatWireLimits.roomLength);
});
