// Who stands between, told by what they write into answers: the proxies and networks that sign. What signs with nothing, as
// haproxy does, is not seen here; that a name is missing proves nothing.

import type { HeaderLine } from "./facts.ts";

export interface Bystander {
  readonly name: string;
  /** The header that tells. */
  readonly evidence: string;
}

interface Signature {
  readonly name: string;
  readonly header: string;
  readonly value?: RegExp;
}

const signatures: readonly Signature[] = [
  { name: "nginx", header: "server", value: /^(?:nginx|openresty|tengine)/i },
  { name: "Apache", header: "server", value: /^apache/i },
  { name: "Caddy", header: "server", value: /^caddy/i },
  { name: "Envoy", header: "server", value: /^(?:envoy|istio-envoy)/i },
  { name: "Envoy", header: "x-envoy-upstream-service-time" },
  { name: "Cloudflare", header: "cf-ray" },
  { name: "CloudFront", header: "x-amz-cf-id" },
  { name: "AWS load balancer", header: "server", value: /^awselb/i },
  { name: "Google front end", header: "server", value: /^(?:gfe|google frontend)/i },
  { name: "Google front end", header: "via", value: /google/i },
  { name: "Fastly", header: "x-served-by", value: /^cache-/i },
  { name: "Akamai", header: "server", value: /^akamai/i },
  { name: "Varnish", header: "x-varnish" },
  { name: "Squid", header: "via", value: /squid/i },
  { name: "Squid", header: "x-squid-error" },
  { name: "IIS", header: "server", value: /^microsoft-(?:iis|httpapi)/i },
  { name: "Traefik", header: "x-traefik-router" },
  { name: "Heroku router", header: "via", value: /vegur|heroku/i },
  { name: "Fly proxy", header: "fly-request-id" },
  { name: "Vercel", header: "x-vercel-id" },
  { name: "a proxy that signs with Via", header: "via" },
];

/** Each once, in the order in which they are known. */
export function findBystanders(headers: readonly HeaderLine[]): Bystander[] {
  const found = new Map<string, Bystander>();
  for (const { name, header, value } of signatures) {
    const line = headers.find(([known, text]) => known.toLowerCase() === header && (value?.test(text) ?? true));
    const isSigned =
      name.startsWith("a proxy") && [...found.values()].some(({ evidence }) => evidence.startsWith("Via"));
    if (line !== undefined && !found.has(name) && !isSigned) {
      found.set(name, { name, evidence: `${capitalized(line[0])}: ${line[1]}` });
    }
  }
  return [...found.values()];
}

function capitalized(name: string): string {
  return name.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
