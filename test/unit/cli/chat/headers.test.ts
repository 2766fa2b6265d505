// The policy of the page, and that the page can live under it. That browsers enforce it is test/browser/chat.test.ts.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { pageHeaders } from "../../../../src/cli/chat/headers.ts";

const html = readFileSync(new URL("../../../../web/chat/index.html", import.meta.url), "utf8");

it("V-44 page headers are single lines of visible ASCII", () => {
  for (const [name, value] of Object.entries(pageHeaders)) {
    expect(name).toMatch(/^[A-Za-z-]+$/);
    expect(value).toMatch(/^[ -~]+$/);
  }
});

it("the policy forbids by default and allows the page's own origin only", () => {
  const policy = pageHeaders["Content-Security-Policy"] ?? "";
  expect(policy).toMatch(/^default-src 'none';/);
  expect(policy).not.toMatch(/unsafe|\*|http|ws:|data:|blob:/);
});

it("the page has no script, style or handler inside its markup, and asks for nothing from elsewhere", () => {
  expect(html).not.toMatch(/<script(?![^>]*\ssrc="main\.js")/);
  expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|"javascript:/i);
  expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
});
