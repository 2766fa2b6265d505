import { describe, expect, test } from "vitest";
import { LocalError } from "../../../../src/base/errors.ts";
import {
  equalsIgnoringCase,
  formatExtensions,
  includesToken,
  isToken,
  MAX_EXTENSION_PARAMETERS,
  MAX_PROTOCOL_LIST_LENGTH,
  parseExtensionList,
  parseProtocolList,
  parseTokenList,
  trimBlanks,
} from "../../../../src/protocol/handshake/header-lists.ts";

const limits = { maxProtocols: 32, maxExtensionOffers: 16 };
const prototypeNames = ["constructor", "__proto__", "toString", "hasOwnProperty"];

describe("a token", () => {
  test.each(["a", "chat.v1", "!#$%&'*+-.^_`|~", "0", "__proto__"])("%j is one", (text) => {
    expect(isToken(text)).toBe(true);
  });

  test.each(["", " ", "a b", "a,b", "a;b", "a=b", "a/b", '"a"', "a\0", "a\r\n", "é", "ā", "a\u007f", "(a)", "{a}"])(
    "%j is none",
    (text) => {
      expect(isToken(text)).toBe(false);
    },
  );
});

test("only spaces and tabs around a value are taken off", () => {
  expect(trimBlanks(" \t a b\t ")).toBe("a b");
  expect(trimBlanks("\u00a0a\n")).toBe("\u00a0a\n");
  expect(trimBlanks(" \t ")).toBe("");
});

test("letters of ASCII compare without case, all others with it", () => {
  expect(equalsIgnoringCase("WebSocket", "websocket")).toBe(true);
  expect(equalsIgnoringCase("webso\u212aet", "websocket")).toBe(false);
  expect(equalsIgnoringCase("[", "{")).toBe(false);
  expect(equalsIgnoringCase("web", "websocket")).toBe(false);
});

describe("an element of a list", () => {
  test.each(["websocket", "WebSocket", "h2c, websocket", "h2c,\twebsocket ,x", ",,websocket"])(
    "P-03 websocket is found in %j",
    (value) => {
      expect(includesToken(value, "websocket")).toBe(true);
    },
  );

  test.each(["", "websocket/13", "websockets", "web socket", "h2c websocket", '"websocket"', "websocket;q=1", ","])(
    "P-03 websocket is not found in %j",
    (value) => {
      expect(includesToken(value, "websocket")).toBe(false);
    },
  );
});

describe("a list of tokens", () => {
  test("comes in its order, as written, without empty elements", () => {
    expect(parseTokenList("keep-alive, Upgrade")).toEqual(["keep-alive", "Upgrade"]);
    expect(parseTokenList(" ,a,, \t,B ,")).toEqual(["a", "B"]);
    expect(parseTokenList("")).toEqual([]);
  });

  test.each(["a b", "a;b", 'a, "b"', "a, b\u0000", "é"])("%j is malformed", (value) => {
    expect(parseTokenList(value)).toBeUndefined();
  });

  test("V-31 names of Object.prototype are ordinary tokens", () => {
    expect(parseTokenList(prototypeNames.join(","))).toEqual(prototypeNames);
  });
});

describe("a list of subprotocols", () => {
  test("comes in the client's order", () => {
    expect(parseProtocolList("chat.v2, chat.v1 ,\tmqtt", limits)).toEqual(["chat.v2", "chat.v1", "mqtt"]);
  });

  test("names that differ in case are different names", () => {
    expect(parseProtocolList("chat, Chat", limits)).toEqual(["chat", "Chat"]);
  });

  test.each(["", " ", "a,", ",a", "a,,b", "a, ,b"])("P-08 an empty element is refused: %j", (value) => {
    expect(parseProtocolList(value, limits)).toMatch(/empty element/);
  });

  test.each(["a b", "a;b", "chat/1", "a, b\0", '"a"', "é", "a, b c", "@"])(
    "P-08 a bad name is refused: %j",
    (value) => {
      expect(parseProtocolList(value, limits)).toMatch(/character/);
    },
  );

  test("P-08 a name that stands twice is refused", () => {
    expect(parseProtocolList("a, b, a", limits)).toMatch(/twice/);
  });

  test("P-08 32 names are accepted and 33 are not", () => {
    const names = Array.from({ length: 33 }, (_, index) => `p${index}`);
    expect(parseProtocolList(names.slice(1).join(), limits)).toHaveLength(32);
    expect(parseProtocolList(names.join(), limits)).toMatch(/more than 32/);
  });

  test("P-08 4 KiB are accepted and one byte more is not", () => {
    expect(parseProtocolList("p".repeat(MAX_PROTOCOL_LIST_LENGTH), limits)).toHaveLength(1);
    expect(parseProtocolList("p".repeat(MAX_PROTOCOL_LIST_LENGTH + 1), limits)).toMatch(/longer/);
    expect(MAX_PROTOCOL_LIST_LENGTH).toBe(4096);
  });

  test("V-31 names of Object.prototype are ordinary subprotocols", () => {
    expect(parseProtocolList(prototypeNames.join(), limits)).toEqual(prototypeNames);
  });
});

describe("a list of extensions", () => {
  test("comes with its parameters in their order, values without their quotes", () => {
    expect(
      parseExtensionList('permessage-deflate; client_max_window_bits; server_max_window_bits="15", x', limits),
    ).toEqual([
      {
        name: "permessage-deflate",
        parameters: [
          ["client_max_window_bits", true],
          ["server_max_window_bits", "15"],
        ],
      },
      { name: "x", parameters: [] },
    ]);
  });

  test("blanks may stand around every separator", () => {
    expect(parseExtensionList(' a ;\tb = 1 ; c = "2" , d ', limits)).toEqual([
      {
        name: "a",
        parameters: [
          ["b", "1"],
          ["c", "2"],
        ],
      },
      { name: "d", parameters: [] },
    ]);
  });

  test("a parameter that stands twice is left to whoever knows the extension", () => {
    expect(parseExtensionList("a; b; b=1", limits)?.[0]?.parameters).toEqual([
      ["b", true],
      ["b", "1"],
    ]);
  });

  test("a backslash in quotes takes the next character as it is", () => {
    expect(parseExtensionList('a; b="\\1\\5"', limits)?.[0]?.parameters).toEqual([["b", "15"]]);
  });

  test.each([
    "",
    " ",
    ";;",
    "a;;b",
    "a;",
    "a,",
    ",a",
    "a,,b",
    "a; b=",
    "a; =1",
    "a; b==1",
    'a; b="',
    'a; b="1',
    'a; b="1\\',
    'a; b="1\\"',
    'a; b=""',
    'a; b="1 5"',
    'a; b="1,5"',
    'a; b="1"5',
    'a; b=1"5"',
    "a b",
    "a; b c",
    "a\0",
    "é",
    '"a"',
  ])("P-11 %j is malformed", (value) => {
    expect(parseExtensionList(value, limits)).toBeUndefined();
  });

  test("16 extensions are accepted and 17 are not", () => {
    const names = Array.from({ length: 17 }, (_, index) => `x${index}`);
    expect(parseExtensionList(names.slice(1).join(), limits)).toHaveLength(16);
    expect(parseExtensionList(names.join(), limits)).toBeUndefined();
  });

  test("one extension has a bounded number of parameters", () => {
    const most = `a${";b".repeat(MAX_EXTENSION_PARAMETERS)}`;
    expect(parseExtensionList(most, limits)?.[0]?.parameters).toHaveLength(MAX_EXTENSION_PARAMETERS);
    expect(parseExtensionList(`${most};b`, limits)).toBeUndefined();
  });

  test.each(prototypeNames)("V-31 %s is an ordinary extension and parameter", (name) => {
    expect(parseExtensionList(`${name}; ${name}=${name}`, limits)).toEqual([{ name, parameters: [[name, name]] }]);
  });

  test("is written as it is read", () => {
    const text = "permessage-deflate; client_max_window_bits; server_max_window_bits=15, x";
    expect(formatExtensions(parseExtensionList(text, limits) ?? [])).toBe(text);
  });

  test("V-44 what is not a token is not written", () => {
    expect(() => formatExtensions([{ name: "a\r\nX: y", parameters: [] }])).toThrow(LocalError);
    expect(() => formatExtensions([{ name: "a", parameters: [["b\n", true]] }])).toThrow(LocalError);
    expect(() => formatExtensions([{ name: "a", parameters: [["b", "\0"]] }])).toThrow(LocalError);
  });
});
