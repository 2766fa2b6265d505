// The headers under which the chat's page, the lab's and their files are served. Caching and content types are for whoever serves
// the files.
import { strictPageHeaders } from "../../base/page-policy.ts";

export const pageHeaders: Readonly<Record<string, string>> = {
  ...strictPageHeaders,
  "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
  "Referrer-Policy": "same-origin",
};
