// What the part “Why it persists” and its half on the server say to each other: what is to be lived through in virtual time, the stories of
// it, and the pings of the page's one real connection.

/** What happens somewhat after half of the time. */
export const troubles = ["none", "move", "server", "page"] as const;
export type Trouble = (typeof troubles)[number];

/** At this share of the time: between two pieces of news. */
export const troubleShare = 0.56;

/** What can be set, and to what. The server takes nothing else. */
export const choices = {
  /** How long the connection is watched. */
  hours: [1, 2, 4, 8],
  /** After how many minutes without a byte the NAT forgets; 0: never. */
  natMinutes: [0, 1, 5, 15, 60],
  /** The server has news every so many minutes. */
  newsMinutes: [1, 5, 10, 30],
  /** The heartbeat, where there is one. */
  heartbeatSeconds: [20, 60, 300, 600],
} as const;

export interface LifeSettings {
  readonly hours: number;
  readonly natMinutes: number;
  readonly newsMinutes: number;
  readonly heartbeatSeconds: number;
  readonly trouble: Trouble;
}

/** From the page. */
export type PersistRequest =
  | { readonly type: "live"; readonly settings: LifeSettings }
  /** Gives up what is being lived. */
  | { readonly type: "end" };

/** One TCP connection. Times in seconds since the beginning; absent for what did not happen. */
export interface StoryLine {
  readonly from: number;
  /** From here on nothing gets through, and nobody was told. */
  readonly deadAt?: number;
  readonly killedBy?: "nat" | "trouble";
  /** When each side let go of it. */
  readonly serverLeftAt?: number;
  readonly pageLeftAt?: number;
}

export interface StoryMessage {
  readonly sentAt: number;
  readonly arrivedAt?: number;
}

export interface Story {
  readonly kind: "plain" | "session";
  readonly hasHeartbeat: boolean;
  readonly lines: readonly StoryLine[];
  readonly messages: readonly StoryMessage[];
  /** When a frame passed that carries no news: pings, pongs, acknowledgements. */
  readonly beats: readonly number[];
  /** Bytes of those, both ways. */
  readonly beatBytes: number;
}

/** To the page. */
export type PersistReport =
  | { readonly type: "story"; readonly story: Story; readonly settings: LifeSettings }
  | { readonly type: "lived"; readonly realMs: number }
  /** "busy": other pages are living, try again. "failed": it ended by itself. */
  | { readonly type: "unlived"; readonly reason: "busy" | "failed" }
  /** The page's real connection has answered a ping. */
  | { readonly type: "beat"; readonly count: number; readonly roundTripMs: number; readonly ageMs: number };

/** Undefined for what is none. Settings outside the choices are none. */
export function parsePersistRequest(value: unknown): PersistRequest | undefined {
  if (typeof value !== "object" || value === null || !("type" in value)) return undefined;
  if (value.type === "end") return { type: "end" };
  if (value.type !== "live" || !("settings" in value)) return undefined;
  const settings = value.settings;
  if (typeof settings !== "object" || settings === null) return undefined;
  const given = settings as Readonly<Record<string, unknown>>;
  const chosen = (name: keyof typeof choices): number | undefined =>
    choices[name].find((choice: number) => choice === given[name]);
  const [hours, natMinutes] = [chosen("hours"), chosen("natMinutes")];
  const [newsMinutes, heartbeatSeconds] = [chosen("newsMinutes"), chosen("heartbeatSeconds")];
  const trouble = troubles.find((known) => known === given["trouble"]);
  if (hours === undefined || natMinutes === undefined || newsMinutes === undefined) return undefined;
  if (heartbeatSeconds === undefined || trouble === undefined) return undefined;
  return { type: "live", settings: { hours, natMinutes, newsMinutes, heartbeatSeconds, trouble } };
}
