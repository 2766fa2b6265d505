import { expect, it } from "vitest";
import { strictPageHeaders } from "../../../src/base/page-policy.ts";
import { pageHeaders as chatHeaders } from "../../../src/cli/chat/headers.ts";
import { pageHeaders as inspectorHeaders } from "../../../src/inspector/pages.ts";

it("every page of the package is served under the strict headers, and allows nothing by default", () => {
  for (const headers of [chatHeaders, inspectorHeaders]) expect(headers).toMatchObject(strictPageHeaders);
  const policy = strictPageHeaders["Content-Security-Policy"] ?? "";
  expect(policy).toMatch(/^default-src 'none'; /);
  expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
});
