import { describe, expect, test } from "vitest";
import type { Violation } from "../../../../src/base/errors.ts";
import { judgeResponse, type Agreement } from "../../../../src/protocol/handshake/response-check.ts";
import type { ResponseHead } from "../../../../src/protocol/handshake/response-head.ts";
import { sampleAccept, sampleKey, type HeaderLine } from "../../../support/upgrade-head.ts";

const sound: readonly HeaderLine[] = [
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
  ["Sec-WebSocket-Accept", sampleAccept],
];

function response(lines: readonly HeaderLine[] = [], without: readonly string[] = [], status = 101): ResponseHead {
  const replaced = new Set([...lines.map(([name]) => name), ...without].map((name) => name.toLowerCase()));
  const headers = [...sound.filter(([name]) => !replaced.has(name.toLowerCase())), ...lines];
  return { status, statusText: "", headers };
}

function agreed(head: ResponseHead, protocols: readonly string[] = []): Agreement {
  const result = judgeResponse(head, { key: sampleKey, protocols });
  if ("closeCode" in result) throw new Error(result.message);
  return result;
}

function violated(head: ResponseHead, protocols: readonly string[] = []): Violation {
  const result = judgeResponse(head, { key: sampleKey, protocols });
  if (!("closeCode" in result)) throw new Error("accepted");
  expect(result.closeCode).toBe(1006);
  expect(result.message).toMatch(/^[\x20-\x7e]{1,123}$/);
  return result;
}

test("a sound answer opens the connection without anything agreed", () => {
  expect(agreed(response())).toEqual({ protocol: "", extensions: "" });
});

test.each([200, 204, 301, 307, 400, 401, 403, 404, 426, 500, 503, 102, 199])("P-21 %d does not open", (status) => {
  const violation = violated(response([], [], status));
  expect(violation.code).toBe("LW_PROTOCOL_RESPONSE_STATUS");
  expect(violation.message).toContain(String(status));
});

test("P-21 V-49 a redirect is said to be one, and where to is not repeated", () => {
  const violation = violated(response([["Location", "wss://elsewhere.example/?token=x"]], [], 302));
  expect(violation.message).toMatch(/redirect/);
  expect(violation.message).not.toContain("elsewhere");
});

test.each<HeaderLine>([
  ["Content-Length", "5"],
  ["Transfer-Encoding", "chunked"],
])("P-21 101 with a body, %s: %s, does not open", (name, value) => {
  expect(violated(response([[name, value]])).code).toBe("LW_PROTOCOL_RESPONSE_BODY");
});

test("P-21 101 with Content-Length: 0 opens", () => {
  agreed(response([["Content-Length", "0"]]));
});

describe("Sec-WebSocket-Accept", () => {
  test.each<[string, readonly HeaderLine[]]>([
    ["wrong", [["Sec-WebSocket-Accept", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="]]],
    ["in another case", [["Sec-WebSocket-Accept", sampleAccept.toLowerCase()]]],
    ["the key itself", [["Sec-WebSocket-Accept", sampleKey]]],
    ["empty", [["Sec-WebSocket-Accept", ""]]],
    [
      "twice",
      [
        ["Sec-WebSocket-Accept", sampleAccept],
        ["sec-websocket-accept", sampleAccept],
      ],
    ],
    [
      "right, then wrong",
      [
        ["Sec-WebSocket-Accept", sampleAccept],
        ["Sec-WebSocket-Accept", "x"],
      ],
    ],
    ["a list", [["Sec-WebSocket-Accept", `${sampleAccept}, ${sampleAccept}`]]],
  ])("P-22 %s does not open", (_, lines) => {
    expect(violated(response(lines)).code).toBe("LW_PROTOCOL_RESPONSE_ACCEPT");
  });

  test("P-22 missing does not open", () => {
    expect(violated(response([], ["Sec-WebSocket-Accept"])).code).toBe("LW_PROTOCOL_RESPONSE_ACCEPT");
  });

  test("§4.1 blanks around it are ignored", () => {
    agreed(response([["Sec-WebSocket-Accept", ` ${sampleAccept}\t`]]));
  });
});

describe("Upgrade and Connection", () => {
  test.each(["keep-alive, Upgrade", "upgrade", "Upgrade, Keep-Alive"])("P-23 Connection: %s opens", (value) => {
    agreed(response([["Connection", value]]));
  });

  test("P-23 Connection on two lines opens", () => {
    agreed(
      response([
        ["Connection", "keep-alive"],
        ["Connection", "Upgrade"],
      ]),
    );
  });

  test.each(["keep-alive", "", "Upgrades", "close"])("§4.1 Connection: %j does not open", (value) => {
    expect(violated(response([["Connection", value]])).code).toBe("LW_PROTOCOL_RESPONSE_CONNECTION");
  });

  test("§4.1 no Connection does not open", () => {
    expect(violated(response([], ["Connection"])).code).toBe("LW_PROTOCOL_RESPONSE_CONNECTION");
  });

  test.each(["WebSocket", "WEBSOCKET"])("§4.1 Upgrade: %s opens", (value) => {
    agreed(response([["Upgrade", value]]));
  });

  test.each(["h2c", "", "websocket/13", "h2c, websocket"])("§4.1 Upgrade: %j does not open", (value) => {
    expect(violated(response([["Upgrade", value]])).code).toBe("LW_PROTOCOL_RESPONSE_UPGRADE");
  });

  test("§4.1 no Upgrade, or two, does not open", () => {
    expect(violated(response([], ["Upgrade"])).code).toBe("LW_PROTOCOL_RESPONSE_UPGRADE");
    const twice: readonly HeaderLine[] = [
      ["Upgrade", "websocket"],
      ["Upgrade", "websocket"],
    ];
    expect(violated(response(twice)).code).toBe("LW_PROTOCOL_RESPONSE_UPGRADE");
  });
});

describe("Sec-WebSocket-Extensions", () => {
  test.each([
    "permessage-deflate",
    "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
    "x-unknown",
    ";;",
  ])("P-24 %s was not offered and does not open", (value) => {
    expect(violated(response([["Sec-WebSocket-Extensions", value]])).code).toBe("LW_PROTOCOL_RESPONSE_EXTENSION");
  });

  test("P-24 on the second of two lines it does not open either", () => {
    const lines: readonly HeaderLine[] = [
      ["Sec-WebSocket-Extensions", ""],
      ["Sec-WebSocket-Extensions", "permessage-deflate"],
    ];
    expect(violated(response(lines)).code).toBe("LW_PROTOCOL_RESPONSE_EXTENSION");
  });

  test("P-24 an empty value names none", () => {
    expect(agreed(response([["Sec-WebSocket-Extensions", ""]])).extensions).toBe("");
  });
});

describe("Sec-WebSocket-Protocol", () => {
  test("one of the offered names is agreed on", () => {
    expect(agreed(response([["Sec-WebSocket-Protocol", "b"]]), ["a", "b"]).protocol).toBe("b");
  });

  test.each<[string, string, readonly string[]]>([
    ["unasked", "a", []],
    ["empty and unasked", "", []],
    ["another than asked", "c", ["a", "b"]],
    ["in another case", "A", ["a"]],
    ["a list of those asked", "a, b", ["a", "b"]],
    ["empty though asked", "", ["a"]],
    ["a name of Object.prototype", "constructor", ["a"]],
  ])("P-25 V-31 %s does not open", (_, value, protocols) => {
    const violation = violated(response([["Sec-WebSocket-Protocol", value]]), protocols);
    expect(violation.code).toBe("LW_PROTOCOL_RESPONSE_SUBPROTOCOL");
  });

  test("P-25 none though asked does not open", () => {
    expect(violated(response(), ["a"]).code).toBe("LW_PROTOCOL_RESPONSE_SUBPROTOCOL");
  });

  test("P-25 two lines do not open, even with the same name", () => {
    const lines: readonly HeaderLine[] = [
      ["Sec-WebSocket-Protocol", "a"],
      ["Sec-WebSocket-Protocol", "a"],
    ];
    expect(violated(response(lines), ["a"]).code).toBe("LW_PROTOCOL_RESPONSE_SUBPROTOCOL");
  });

  test("V-31 a name of Object.prototype can be agreed on", () => {
    expect(agreed(response([["Sec-WebSocket-Protocol", "__proto__"]]), ["__proto__"]).protocol).toBe("__proto__");
  });
});
