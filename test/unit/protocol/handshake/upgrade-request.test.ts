import { describe, expect, test } from "vitest";
import { isUpgradeAttempt } from "../../../../src/protocol/handshake/upgrade-request.ts";
import { accepted, refused, sampleKey, upgradeHead, type HeaderLine } from "../../../support/upgrade-head.ts";

test("a sound request is an offer with all that was asked for", () => {
  const head = upgradeHead([
    ["Origin", "https://example.com"],
    ["Sec-WebSocket-Protocol", "chat.v2, chat.v1"],
    ["Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"],
    ["Cookie", "a=1"],
  ]);
  expect(accepted(head)).toEqual({
    key: sampleKey,
    host: "example.com:8101",
    origin: "https://example.com",
    protocols: ["chat.v2", "chat.v1"],
    extensions: [{ name: "permessage-deflate", parameters: [["client_max_window_bits", true]] }],
  });
});

test("a request without options is an offer of nothing more", () => {
  expect(accepted(upgradeHead())).toEqual({
    key: sampleKey,
    host: "example.com:8101",
    origin: undefined,
    protocols: [],
    extensions: [],
  });
});

describe("the request line", () => {
  test.each(["POST", "HEAD", "CONNECT", "PUT", "OPTIONS", "get", ""])(
    "P-01 method %j: 405 and Allow: GET",
    (method) => {
      expect(refused(upgradeHead([], { method }))).toMatchObject({ status: 405, headers: { Allow: "GET" } });
    },
  );

  test.each(["1.0", "0.9", "2.0", "1", "", "1.:", "11.1"])("P-02 HTTP/%s: 505", (httpVersion) => {
    expect(refused(upgradeHead([], { httpVersion })).status).toBe(505);
  });
});

describe("Host", () => {
  test.each<[string, readonly HeaderLine[]]>([
    ["empty", [["Host", ""]]],
    [
      "twice",
      [
        ["Host", "a"],
        ["Host", "a"],
      ],
    ],
    [
      "twice in another case",
      [
        ["Host", "a"],
        ["hOST", "b"],
      ],
    ],
    ["a list", [["Host", "a, b"]]],
    ["with a path", [["Host", "a/b"]]],
    ["with credentials", [["Host", "a@b"]]],
    ["with a space", [["Host", "a b"]]],
    ["not ASCII", [["Host", "\u00e9"]]],
  ])("%s: 400", (_, lines) => {
    expect(refused(upgradeHead(lines))).toMatchObject({ status: 400, code: "LW_PROTOCOL_HOST_INVALID" });
  });

  test("missing: 400", () => {
    expect(refused(upgradeHead([], { without: ["Host"] })).status).toBe(400);
  });

  test.each(["example.com", "127.0.0.1:8101", "[::1]:8101", "xn--bcher-kva.example", "a_b"])(
    "%s is accepted",
    (host) => {
      expect(accepted(upgradeHead([["Host", host]])).host).toBe(host);
    },
  );
});

describe("Upgrade and Connection", () => {
  test.each(["WebSocket", "WEBSOCKET", "h2c, websocket", "websocket, h2c/1"])(
    "P-03 Upgrade: %s is accepted",
    (value) => {
      accepted(upgradeHead([["Upgrade", value]]));
    },
  );

  test("P-03 Upgrade: websocket/13 wants a WebSocket, in a wrong way: 400", () => {
    expect(isUpgradeAttempt(upgradeHead([["Upgrade", "websocket/13"]]))).toBe(true);
    expect(refused(upgradeHead([["Upgrade", "websocket/13"]]))).toMatchObject({
      status: 400,
      code: "LW_PROTOCOL_UPGRADE_INVALID",
    });
  });

  test.each(["keep-alive, Upgrade", "Upgrade, keep-alive", "upgrade", "keep-alive,,UPGRADE", "close, Upgrade"])(
    "P-04 Connection: %s is accepted",
    (value) => {
      accepted(upgradeHead([["Connection", value]]));
    },
  );

  test("P-04 Connection may stand on several lines", () => {
    accepted(
      upgradeHead([
        ["Connection", "keep-alive"],
        ["Connection", "Upgrade"],
      ]),
    );
  });

  test.each(["keep-alive", "", "Upgraded", "Upgrade; q=1", 'Upgrade, "x', "keep-alive Upgrade"])(
    "V-47 Upgrade: websocket with Connection: %s is 400",
    (value) => {
      expect(refused(upgradeHead([["Connection", value]]))).toMatchObject({
        status: 400,
        code: "LW_PROTOCOL_CONNECTION_INVALID",
      });
    },
  );

  test("V-47 Upgrade: websocket without Connection is 400, not a plain request", () => {
    const head = upgradeHead([], { without: ["Connection"] });
    expect(isUpgradeAttempt(head)).toBe(true);
    expect(refused(head).status).toBe(400);
  });

  test.each<[string, readonly HeaderLine[], readonly string[]]>([
    ["no Upgrade at all", [], ["Upgrade", "Connection"]],
    ["an Upgrade to something else", [["Upgrade", "h2c"]], []],
    ["an Upgrade to something of a longer name", [["Upgrade", "websockets, xwebsocket"]], []],
  ])("P-05 a GET with %s: 426 that says how to connect", (_, lines, without) => {
    const head = upgradeHead(lines, { without });
    expect(isUpgradeAttempt(head)).toBe(false);
    const refusal = refused(head);
    expect(refusal).toMatchObject({ status: 426, headers: { Upgrade: "websocket" } });
    expect(refusal.message).toContain("new WebSocket(");
  });
});

describe("Sec-WebSocket-Version", () => {
  test.each<[string, readonly HeaderLine[]]>([
    ...["8", "0", "7", "12", "14", "013", "+13", "13.0", "1e1", "", "13, 8", "13, 13", "\u00a013"].map(
      (value): [string, readonly HeaderLine[]] => [JSON.stringify(value), [["Sec-WebSocket-Version", value]]],
    ),
    [
      "13 twice",
      [
        ["Sec-WebSocket-Version", "13"],
        ["Sec-WebSocket-Version", "13"],
      ],
    ],
    [
      "13 and 8 on two lines",
      [
        ["Sec-WebSocket-Version", "13"],
        ["sec-websocket-version", "8"],
      ],
    ],
  ])("P-06 V-12 %s: 426 and the version we speak", (_, lines) => {
    expect(refused(upgradeHead(lines))).toMatchObject({
      status: 426,
      headers: { Upgrade: "websocket", "Sec-WebSocket-Version": "13" },
    });
  });

  test("P-06 V-12 no version: 426 and the version we speak", () => {
    expect(refused(upgradeHead([], { without: ["Sec-WebSocket-Version"] }))).toMatchObject({
      status: 426,
      headers: { "Sec-WebSocket-Version": "13" },
    });
  });

  test("V-12 the keys of draft 76 are no way in: 426", () => {
    const lines: readonly HeaderLine[] = [
      ["Upgrade", "WebSocket"],
      ["Sec-WebSocket-Key1", "18x 6]8vM;54 *(5:  {   U1]8  z [  8"],
      ["Sec-WebSocket-Key2", "1_ tx7X d  <  nw  334J702) 7]o}` 0"],
    ];
    const head = upgradeHead(lines, { without: ["Sec-WebSocket-Key", "Sec-WebSocket-Version"] });
    expect(refused(head)).toMatchObject({ status: 426, headers: { "Sec-WebSocket-Version": "13" } });
  });

  test("blanks around 13 are no part of it", () => {
    accepted(upgradeHead([["Sec-WebSocket-Version", " 13\t"]]));
  });
});

describe("Sec-WebSocket-Key", () => {
  test.each<[string, readonly HeaderLine[]]>([
    ["of 15 bytes", [["Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAA"]]],
    ["of 17 bytes", [["Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAAA="]]],
    ["that is not base64", [["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j*Q=="]]],
    ["without padding", [["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ"]]],
    ["with an inner space", [["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j Q=="]]],
    [
      "twice",
      [
        ["Sec-WebSocket-Key", sampleKey],
        ["Sec-WebSocket-Key", sampleKey],
      ],
    ],
    ["empty", [["Sec-WebSocket-Key", ""]]],
  ])("P-07 a key %s: 400", (_, lines) => {
    expect(refused(upgradeHead(lines))).toMatchObject({ status: 400, code: "LW_PROTOCOL_KEY_INVALID" });
  });

  test("P-07 no key: 400", () => {
    expect(refused(upgradeHead([], { without: ["Sec-WebSocket-Key"] })).code).toBe("LW_PROTOCOL_KEY_INVALID");
  });
});

describe("Sec-WebSocket-Protocol", () => {
  test.each([
    "",
    "a,,b",
    "a, a",
    "a b",
    Array.from({ length: 33 }, (_, index) => `p${index}`).join(),
    "p".repeat(4097),
  ])("P-08 %.30j: 400", (value) => {
    expect(refused(upgradeHead([["Sec-WebSocket-Protocol", value]]))).toMatchObject({
      status: 400,
      code: "LW_PROTOCOL_SUBPROTOCOLS_INVALID",
    });
  });

  test("§11.3.4 several lines are one list, in their order", () => {
    const lines: readonly HeaderLine[] = [
      ["Sec-WebSocket-Protocol", "b, c"],
      ["sec-websocket-protocol", "a"],
    ];
    expect(accepted(upgradeHead(lines)).protocols).toEqual(["b", "c", "a"]);
  });

  test("P-08 a name that stands on two lines is a duplicate: 400", () => {
    const lines: readonly HeaderLine[] = [
      ["Sec-WebSocket-Protocol", "a"],
      ["Sec-WebSocket-Protocol", "a"],
    ];
    expect(refused(upgradeHead(lines)).status).toBe(400);
  });
});

describe("Sec-WebSocket-Extensions", () => {
  test.each(["a;;b", 'a; b="1', "a,", "", "=", Array.from({ length: 17 }, (_, index) => `x${index}`).join()])(
    "P-11 %.30j: 400",
    (value) => {
      expect(refused(upgradeHead([["Sec-WebSocket-Extensions", value]]))).toMatchObject({
        status: 400,
        code: "LW_PROTOCOL_EXTENSIONS_INVALID",
      });
    },
  );

  test.each(["x-unknown", "permessage-deflate; server_max_window_bits=99; what=ever", "bbf-usp-protocol; eid=1"])(
    "P-12 %s is no reason to refuse",
    (value) => {
      expect(accepted(upgradeHead([["Sec-WebSocket-Extensions", value]])).extensions).toHaveLength(1);
    },
  );

  test("§9.1 several lines are one list, in their order", () => {
    const lines: readonly HeaderLine[] = [
      ["Sec-WebSocket-Extensions", "b; p"],
      ["Sec-WebSocket-Extensions", "a"],
    ];
    expect(accepted(upgradeHead(lines)).extensions.map(({ name }) => name)).toEqual(["b", "a"]);
  });
});

test("V-40 two Origin lines: 400, because a policy would judge one of them", () => {
  const lines: readonly HeaderLine[] = [
    ["Origin", "https://good.example"],
    ["Origin", "https://evil.example"],
  ];
  expect(refused(upgradeHead(lines)).status).toBe(400);
});
