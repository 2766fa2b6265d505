// A question to the part's half on the server. Undefined if it was not answered: the page has gone on meanwhile, or the server is busy.
import type { ServerHalf } from "../server-half.ts";

export async function ask<Answer>(
  server: ServerHalf,
  path: string,
  query: Readonly<Record<string, string | number>> = {},
): Promise<Answer | undefined> {
  try {
    const response = await fetch(server.apiUrl("way", path, query));
    return response.ok ? ((await response.json()) as Answer) : undefined;
  } catch {
    return undefined;
  }
}
