// The Chinese of the lab is written as Chinese is: with marks as wide as its characters.
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const folder = new URL("../../../../web/lab/texts/", import.meta.url);
const narrowMark = /[\u4e00-\u9fff。][,:;!?(]|[,:;!?()][\u4e00-\u9fff]|zh: .*[\w}]:[\w$]/u;

it.each(readdirSync(folder))("no narrow mark stands beside a Chinese character in %s", (name) => {
  const lines = readFileSync(new URL(name, folder), "utf8").split("\n");
  // Links of prose end in a narrow bracket, whatever follows.
  const shown = lines.map((line) => line.replaceAll(/\]\([^)]*\)+/g, ""));
  expect(shown.filter((line) => narrowMark.test(line))).toEqual([]);
});
