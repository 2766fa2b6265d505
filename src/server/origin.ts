// Which web pages may connect (RELIABILITY V-40): browsers send cookies with a handshake wherever the page comes from, so
// a server that lets foreign pages in lets them act as the visitor. A page of the same origin may; others must be on the
// list. Programs that are no browsers send no Origin and are let in. Decides about one handshake; sends nothing.

import { LocalError } from "../base/errors.ts";
import { normalOrigin } from "../base/url.ts";

/** Which foreign pages may connect besides those of the server's own origin: none, those listed, or all. */
export type Origins = readonly string[] | "any";

export interface OriginPolicy {
  /** Undefined for "any". */
  readonly allowed: ReadonlySet<string> | undefined;
}

/** What a handshake says about where it comes from. */
export interface OriginEvidence {
  /** Every Origin header; more than one is never honest. */
  readonly origins: readonly string[];
  readonly fetchSite: string | undefined;
  /** The host that the client asked for, as it stands in Host. */
  readonly host: string;
  /** Whether the client's own connection is encrypted; undefined when a proxy may have taken that away. */
  readonly secure: boolean | undefined;
  /** Whether it carries cookies and they may decide who it is. */
  readonly cookieIdentifies: boolean;
}

/** Throws LocalError LW_SERVER_ORIGINS for entries that no browser could ever send. */
export function parseOrigins(origins: Origins | undefined): OriginPolicy {
  if (origins === "any") return { allowed: undefined };
  if (origins !== undefined && !Array.isArray(origins)) {
    throw new LocalError(
      "LW_SERVER_ORIGINS",
      `origins is ${JSON.stringify(origins)}; expected a list such as ["https://app.example"], or "any".`,
    );
  }
  return { allowed: new Set((origins ?? []).map((entry) => parseEntry(entry))) };
}

/** What lets in whom at least one of `policies` lets in. */
export function joinOrigins(policies: readonly OriginPolicy[]): OriginPolicy {
  if (policies.some(({ allowed }) => allowed === undefined)) return { allowed: undefined };
  return { allowed: new Set(policies.flatMap(({ allowed }) => [...(allowed ?? [])])) };
}

/** Why this handshake may not come in, in one sentence for its sender; undefined if it may. */
export function judgeOrigin(evidence: OriginEvidence, policy: OriginPolicy): string | undefined {
  if (policy.allowed === undefined) return undefined;
  const { origins, fetchSite } = evidence;
  if (origins.length > 1) return "The request has more than one Origin header.";
  const [given] = origins;
  if (given === undefined) {
    // Some browsers leave Origin out of same-origin requests; none leaves it out of a WebSocket handshake.
    if (fetchSite === "same-origin") return undefined;
    if (fetchSite !== undefined) return "The request comes from a browser and has no Origin header.";
    if (!evidence.cookieIdentifies) return undefined;
    return "The request has a cookie and no Origin header, so it does not show whose page is using the cookie.";
  }
  if (given === "null")
    return 'Pages with the origin "null", such as sandboxed frames and local files, may not connect.';
  const origin = normalOrigin(given);
  if (origin === undefined) return "The Origin header is malformed.";
  if (policy.allowed.has(origin)) return undefined;
  if (fetchSite === undefined ? sameOrigin(origin, evidence) : fetchSite === "same-origin") return undefined;
  return "Pages of this origin may not connect; the server's `origins` option lists those that may.";
}

function sameOrigin(origin: string, evidence: OriginEvidence): boolean {
  const page = new URL(origin);
  if (page.protocol !== "http:" && page.protocol !== "https:") return false;
  if (evidence.secure !== undefined && evidence.secure !== (page.protocol === "https:")) return false;
  // Host leaves out the default port of the scheme that the page was loaded with.
  const own = `${page.protocol}//${evidence.host}`;
  return normalOrigin(own) === origin;
}

function parseEntry(entry: unknown): string {
  const origin = typeof entry === "string" ? normalOrigin(entry) : undefined;
  if (origin !== undefined && !origin.includes("*")) return origin;
  throw new LocalError(
    "LW_SERVER_ORIGINS",
    `origins contains ${JSON.stringify(entry)}; expected an origin as browsers send it: scheme and host, a port if it is ` +
      `not the default one, nothing after it, no wildcard. Example: "https://app.example".`,
  );
}
