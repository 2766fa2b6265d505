import { describe, expect, it } from "vitest";
import { checkNames } from "../../../src/server/option-names.ts";

const known = ["protocols", "origins", "authenticate", "open", "message", "close", "error", "limits"];

describe("names of options", () => {
  it.each([
    ["onmessage", /hook is called `message`/],
    ["verifyClient", /use `authenticate`/],
    ["maxPayload", /limits: \{ maxMessageBytes \}/],
    ["cors", /`origins`/],
    ["port", /server\.listen/],
    ["perMessageDeflate", /not compressed/],
    ["orgins", /did you mean `origins`/],
    ["autenticate", /did you mean `authenticate`/],
    ["Close", /did you mean `close`/],
  ])("%s is refused with the likely intention", (name, hint) => {
    expect(() => checkNames("createServer()", { [name]: 1 }, known)).toThrow(hint);
  });

  it("that resemble nothing are refused with all that are known", () => {
    expect(() => checkNames("createServer()", { zzzzzzzzzz: 1 }, known)).toThrow(
      /createServer\(\) has no "zzzzzzzzzz"\. Known: protocols, .*limits\.$/,
    );
  });

  it("V-31 like object members are unknown as any other", () => {
    expect(() => checkNames("x", { constructor: 1 }, known)).toThrow(/has no "constructor"/);
    checkNames("x", {}, known);
    checkNames("x", { open: 1, limits: undefined }, known);
  });
});
