import { describe, expect, it } from "vitest";
import { PasteBoard, PasteFilter } from "../../../src/cli/paste.ts";

type Seen = readonly ["keys" | "paste", string];

function filter(chunks: Iterable<string>): Seen[] {
  const seen: Seen[] = [];
  const paste = new PasteFilter(
    (keys) => {
      const last = seen.at(-1);
      if (last?.[0] === "keys") seen[seen.length - 1] = ["keys", last[1] + keys];
      else seen.push(["keys", keys]);
    },
    (text) => seen.push(["paste", text]),
  );
  for (const chunk of chunks) paste.receive(chunk);
  return seen;
}

describe("PasteFilter", () => {
  const input = "ab\u001b[200~one\rtwo \u001b[31m\u001b[201~\r\u001b[Ac\u001b[200~\u001b[201~";
  const expected: Seen[] = [
    ["keys", "ab"],
    ["paste", "one\rtwo \u001b[31m"],
    ["keys", "\r\u001b[Ac"],
    ["paste", ""],
  ];

  it("parts pastes from keys", () => {
    expect(filter([input])).toEqual(expected);
  });

  it("sees the same in any two pieces, and character by character", () => {
    // A lone escape counts as a key at once, so a mark comes with its first two characters together.
    for (let cut = 0; cut <= input.length; cut++) {
      if (input.startsWith("\u001b[200~", cut - 1)) continue;
      expect(filter([input.slice(0, cut), input.slice(cut)])).toEqual(expected);
    }
    const [first = "", ...others] = input.split("\u001b[");
    expect(filter([...first, ...others.flatMap((part) => ["\u001b[", ...part])])).toEqual(expected);
  });

  it("does not keep an escape key waiting", () => {
    expect(filter(["\u001b"])).toEqual([["keys", "\u001b"]]);
  });

  it("keeps arrow keys whole", () => {
    expect(filter(["\u001b[", "A"])).toEqual([["keys", "\u001b[A"]]);
  });
});

describe("PasteBoard", () => {
  it("puts a short line in as it is", () => {
    expect(new PasteBoard().keep("a short line")).toBe("a short line");
  });

  it("makes one message of a pasted block", () => {
    const board = new PasteBoard();
    const label = board.keep("{\r  a: 1\r}");
    expect(label).toBe("[paste 1: 3 lines]");
    expect(board.expand(`x ${label} y`)).toBe("x {\n  a: 1\n} y");
  });

  it("gives back control characters exactly and does not show them", () => {
    const board = new PasteBoard();
    const label = board.keep("\u001b[2J$&");
    expect(label).toBe("[paste 1: 6 characters]");
    expect(board.expand(label)).toBe("\u001b[2J$&");
  });

  it("does not take text inside a paste, or typed by hand, for a label", () => {
    const board = new PasteBoard();
    const label = board.keep("[paste 1: 2 lines]\n");
    expect(board.expand(label)).toBe("[paste 1: 2 lines]\n");
    expect(board.expand("[paste 7: 2 lines]")).toBe("[paste 7: 2 lines]");
  });

  it("forgets old pastes", () => {
    const board = new PasteBoard();
    const first = board.keep("a\nb");
    for (let count = 0; count < 20; count++) board.keep("c\nd");
    expect(board.expand(first)).toBe(first);
  });
});
