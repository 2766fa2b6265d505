// What the break shows as the code that it runs is that code.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { reconnectingCode, repeatingCode, sessionCode } from "../../../../web/lab/break/shown-code.ts";

const read = (file: string): string => readFileSync(`web/lab/break/${file}`, "utf8");

/** The lines of the function `name`, without its indentation, up to what it returns. */
function bodyOf(name: string): string[] {
  const [, body = ""] =
    new RegExp(`export function ${name}\\(.*\\n([^]*?)\\n  return say;`).exec(read("by-hand.ts")) ?? [];
  return body.split("\n").map((line) => line.slice(2));
}

test("by hand, reconnecting", () => {
  expect(reconnectingCode).toEqual(bodyOf("reconnecting"));
});

test("by hand, repeating", () => {
  expect(repeatingCode).toEqual(bodyOf("repeating"));
});

test("with a session", () => {
  const lines = read("session-side.ts")
    .split("\n")
    .map((line) => line.slice(4));
  const from = lines.indexOf(sessionCode[0] ?? "");
  expect(lines.slice(from, from + sessionCode.length)).toEqual(sessionCode);
});
