// TLS: what the server and its certificate say, looked at without trusting either. Nothing is sent over these connections
// beyond the TLS handshake itself.

import { isIP } from "node:net";
import {
  checkServerIdentity,
  connect,
  type DetailedPeerCertificate,
  type SecureVersion,
  type TLSSocket,
} from "node:tls";
import { errorCode } from "../failure.ts";
import { describeFault } from "./contact.ts";
import type { CertificateFacts, TlsFacts } from "./facts.ts";
import type { Patience } from "./patience.ts";

const dayMs = 86_400_000;
const versions: readonly SecureVersion[] = ["TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1"];
/** A chain that goes on longer than this goes round. */
const mostCertificates = 10;

interface Place {
  readonly hostname: string;
  readonly port: number;
}

interface Offer {
  readonly alpn: readonly string[];
  readonly version?: SecureVersion;
}

interface Secured {
  readonly ms: number;
  readonly version: string;
  readonly cipher: string;
  readonly alpn: string;
  readonly distrust: string | undefined;
  readonly chain: readonly DetailedPeerCertificate[];
}

export async function examineTls(place: Place, patience: Patience, now: () => number): Promise<TlsFacts> {
  const first = await secure(place, { alpn: ["h2", "http/1.1"] }, patience);
  if (typeof first === "string") return { fault: first, versions: [], certificates: [], takesHttp1: false };
  const http1 = await secure(place, { alpn: ["http/1.1"] }, patience);
  const taken: string[] = [];
  for (const version of versions) {
    if (typeof (await secure(place, { alpn: ["http/1.1"], version }, patience)) !== "string") taken.push(version);
  }
  const [leaf] = first.chain;
  const certificate =
    leaf === undefined
      ? {}
      : {
          daysLeft: Math.floor((Date.parse(leaf.valid_to) - now()) / dayMs),
          matchesName: checkServerIdentity(place.hostname, leaf) === undefined,
          isTrusted: first.distrust === undefined,
          ...(first.distrust === undefined ? {} : { distrust: first.distrust }),
        };
  return {
    ms: first.ms,
    version: first.version,
    cipher: first.cipher,
    alpn: first.alpn,
    versions: taken,
    takesHttp1: typeof http1 !== "string" && http1.alpn !== "h2",
    certificates: first.chain.map(describeCertificate),
    ...certificate,
  };
}

/** Whether there is TLS at all. */
export async function speaksTls(place: Place, patience: Patience): Promise<boolean> {
  return typeof (await secure(place, { alpn: ["http/1.1"] }, patience)) !== "string";
}

/** One handshake; what went wrong, if it did. */
async function secure(
  { hostname, port }: Place,
  { alpn, version }: Offer,
  patience: Patience,
): Promise<Secured | string> {
  const startedAt = performance.now();
  // What is old is taken only to be told about.
  const isOld = version === "TLSv1" || version === "TLSv1.1";
  const bounds = version === undefined ? {} : { minVersion: version, maxVersion: version };
  const socket = connect({
    host: hostname,
    port,
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    ALPNProtocols: [...alpn],
    ...bounds,
    ...(isOld ? { ciphers: "DEFAULT@SECLEVEL=0" } : {}),
    rejectUnauthorized: false,
  });
  const outcome = new Promise<Secured | string>((resolve) => {
    socket.on("secureConnect", () => resolve(lookAt(socket, performance.now() - startedAt)));
    socket.on("error", (error) => resolve(describeTlsFault(error)));
    socket.on("close", () => resolve("the server closed the connection during the TLS handshake"));
  });
  try {
    return (await patience.within(outcome)) ?? "the TLS handshake was not answered in time";
  } finally {
    socket.destroy();
  }
}

function lookAt(socket: TLSSocket, ms: number): Secured {
  const chain: DetailedPeerCertificate[] = [];
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (certificate !== undefined && certificate.raw !== undefined && chain.length < mostCertificates) {
    chain.push(certificate);
    // A root is its own issuer.
    certificate = certificate.issuerCertificate === certificate ? undefined : certificate.issuerCertificate;
  }
  const { alpnProtocol } = socket;
  return {
    ms,
    version: socket.getProtocol() ?? "",
    cipher: socket.getCipher().name,
    alpn: alpnProtocol === false || alpnProtocol === null ? "" : alpnProtocol,
    distrust: socket.authorized ? undefined : String(socket.authorizationError),
    chain,
  };
}

function describeCertificate(certificate: DetailedPeerCertificate): CertificateFacts {
  const { subject, issuer, valid_from: validFrom, valid_to: validTo } = certificate;
  return { subject: nameOf(subject), issuer: nameOf(issuer), validFrom, validTo };
}

function nameOf(party: { readonly CN?: string | string[]; readonly O?: string | string[] } | undefined): string {
  const name = party?.CN ?? party?.O ?? "";
  return Array.isArray(name) ? name.join(", ") : name;
}

function describeTlsFault(error: Error): string {
  const code = errorCode(error);
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_PACKET_LENGTH_TOO_LONG") {
    return "what answers there does not speak TLS";
  }
  if (code === "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL") return "the server speaks none of h2 and http/1.1";
  return describeFault(error);
}
