import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openLineEditor } from "../../../src/cli/line-editor.ts";
import { memoryTerminal } from "../../support/memory-terminal.ts";

function open() {
  const rawModes: boolean[] = [];
  const memory = memoryTerminal({ isTTY: true });
  const terminal = {
    ...memory,
    stdin: Object.assign(memory.stdin, { setRawMode: (raw: boolean) => rawModes.push(raw) }),
  };
  const lines: { typed: string; sent: string }[] = [];
  let ends = 0;
  const editor = openLineEditor(terminal, {
    line: (typed, expand) => lines.push({ typed, sent: expand(typed) }),
    end: () => (ends += 1),
  });
  const type = async (...pieces: string[]): Promise<void> => {
    for (const piece of pieces) {
      memory.stdin.write(piece);
      for (let turns = 0; turns < 5; turns++) await turn();
    }
  };
  return { editor, lines, type, rawModes, output: memory.output, ended: () => ends };
}

describe("openLineEditor", () => {
  it("hands over typed lines", async () => {
    const { lines, type, editor } = open();
    await type("hel", "lo\r", "wörld\r");
    editor.close();
    expect(lines.map(({ sent }) => sent)).toEqual(["hello", "wörld"]);
  });

  it("recalls earlier lines", async () => {
    const { lines, type, editor } = open();
    await type("one\r", "two\r", "\u001b[A", "\u001b[A", "\r");
    editor.close();
    expect(lines.map(({ sent }) => sent)).toEqual(["one", "two", "one"]);
  });

  it("makes one message of a paste of several lines, with what was typed around it", async () => {
    const { lines, type, editor } = open();
    await type("see ", "\u001b[200~a\rb\rc\u001b[201~", "!", "\r");
    editor.close();
    expect(lines).toEqual([{ typed: "see [paste 1: 3 lines]!", sent: "see a\nb\nc!" }]);
  });

  it("V-56 does not let pasted control characters reach the terminal", async () => {
    const { lines, type, editor, output } = open();
    await type("\u001b[200~\u001b]52;c;ZXZpbA==\u0007\u001b[201~", "\r");
    editor.close();
    expect(output.out).not.toContain("]52;");
    expect(lines[0]?.sent).toBe("\u001b]52;c;ZXZpbA==\u0007");
  });

  it("prints above the line being typed and draws it again", async () => {
    const { type, editor, output } = open();
    await type("draft");
    editor.print("arrived");
    const after = output.out.slice(output.out.indexOf("arrived"));
    editor.close();
    expect(after.startsWith("arrived\n")).toBe(true);
    expect(after).toContain("> draft");
  });

  it("prints above a line that fills several rows", async () => {
    const { type, editor, output } = open();
    // 100 columns: the cursor stands in the third row.
    await type("x".repeat(230));
    const before = output.out.length;
    editor.print("arrived");
    const drawn = output.out.slice(before);
    editor.close();
    const up = "\u001b[2A";
    expect(drawn.startsWith(up)).toBe(true);
    const [, after = ""] = drawn.split("arrived\n");
    expect(after).toContain(`> ${"x".repeat(230)}`);
    // Going up once more would draw the line over what arrived.
    expect(after).not.toContain(up);
  });

  it.each([
    ["Ctrl-C", "\u0003"],
    ["Ctrl-D", "\u0004"],
  ])("ends at %s", async (_name, key) => {
    const { type, editor, ended } = open();
    await type(key);
    expect(ended()).toBeGreaterThan(0);
    editor.close();
  });

  it("gives the terminal back as it was", async () => {
    const { editor, rawModes, output, type } = open();
    editor.close();
    editor.close();
    await type("x\r");
    expect(rawModes.at(-1)).toBe(false);
    // The prompt is gone from the screen, and pastes are no longer marked.
    expect(output.out.endsWith("\u001b[1G\u001b[0J\u001b[?2004l")).toBe(true);
    expect(output.out.split("\u001b[?2004h")).toHaveLength(2);
  });
});
