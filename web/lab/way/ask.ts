// Questions to the part's half on the server. Undefined if one was not answered: the page has gone on meanwhile, or the server is busy.
import type { ServerHalf } from "../server-half.ts";

type Query = Readonly<Record<string, string | number>>;

export async function ask<Answer>(server: ServerHalf, path: string, query: Query = {}): Promise<Answer | undefined> {
  try {
    const response = await fetch(server.apiUrl("way", path, query));
    return response.ok ? ((await response.json()) as Answer) : undefined;
  } catch {
    return undefined;
  }
}

let lastRun: Promise<unknown> = Promise.resolve();

/** The same for what opens ports and connections over there: the server does one of them at a time for a page, so they queue here. */
export function askInTurn<Answer>(server: ServerHalf, path: string, query: Query = {}): Promise<Answer | undefined> {
  const turn = lastRun.then(() => ask<Answer>(server, path, query));
  lastRun = turn;
  return turn;
}
