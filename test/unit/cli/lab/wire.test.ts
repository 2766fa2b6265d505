import { describe, expect, it } from "vitest";
import { parseControlRequest } from "../../../../src/cli/lab/wire.ts";

describe("parseControlRequest", () => {
  it("takes a question for the time and a message to a part", () => {
    expect(parseControlRequest('{"type":"time","asked":1.5,"more":1}')).toEqual({ type: "time", asked: 1.5 });
    expect(parseControlRequest('{"type":"part","part":"race","message":{"type":"end"}}')).toEqual({
      type: "part",
      part: "race",
      message: { type: "end" },
    });
  });

  it.each(["", "{", "null", "1", '"time"', "{}", '{"type":"time"}', '{"type":"part","part":1}', '{"type":"other"}'])(
    "takes %s for nothing",
    (text) => {
      expect(parseControlRequest(text)).toBeUndefined();
    },
  );
});
