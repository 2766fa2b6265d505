// Findings below HTTP: names, addresses, TLS. Nothing here knows what a WebSocket is.

import type { Finding } from "./finding.ts";
import type { Facts, TlsFacts } from "./facts.ts";
import { remedies } from "./remedies.ts";

/** Authorities renew a month before the end; two weeks before it somebody has forgotten to. */
const fewDays = 14;

export function findConnectionFaults(facts: Facts): Finding[] {
  const { lookup, tcp, tls } = facts;
  const findings: Finding[] = [];
  if (lookup?.fault !== undefined) {
    const text = `The name could not be looked up: ${lookup.fault}.`;
    findings.push({ id: "name-unknown", severity: "error", text, remedy: remedies.checkName });
  }
  const dead = tcp?.filter(({ fault }) => fault !== undefined) ?? [];
  if (tcp !== undefined && dead.length > 0) {
    const list = dead.map(({ address, fault }) => `${address}: ${fault ?? ""}`).join("; ");
    findings.push(
      dead.length === tcp.length
        ? {
            id: "unreachable",
            severity: "error",
            text: `No connection comes about (${list}).`,
            remedy: remedies.listen,
          }
        : {
            id: "address-unreachable",
            severity: "warning",
            text: `Some of the name's addresses take no connection (${list}); clients that try them first wait in vain.`,
            remedy: remedies.fixAddress,
          },
    );
  }
  if (tls !== undefined) findings.push(...findTlsFaults(tls));
  return findings;
}

function findTlsFaults(tls: TlsFacts): Finding[] {
  if (tls.fault !== undefined) {
    const speaksNone = tls.fault.includes("does not speak TLS");
    const remedy = speaksNone ? remedies.useNoTls : remedies.newTls;
    return [{ id: "tls-failed", severity: "error", text: `TLS does not come about: ${tls.fault}.`, remedy }];
  }
  const findings: Finding[] = [];
  const { daysLeft, matchesName, isTrusted, distrust, versions, takesHttp1, alpn } = tls;
  const [leaf] = tls.certificates;
  const isExpired = daysLeft !== undefined && daysLeft < 0;
  if (isExpired) {
    const text = `The certificate has expired, on ${leaf?.validTo ?? "a day gone by"}.`;
    findings.push({ id: "certificate-expired", severity: "error", text, remedy: remedies.renew });
  } else if (daysLeft !== undefined && daysLeft <= fewDays && isTrusted === true) {
    const text = `The certificate expires in ${daysLeft} ${daysLeft === 1 ? "day" : "days"}, on ${leaf?.validTo ?? ""}.`;
    findings.push({ id: "certificate-expires", severity: "warning", text, remedy: remedies.renew });
  }
  if (matchesName === false) {
    const text = `The certificate is for another name (${leaf?.subject ?? ""}).`;
    findings.push({ id: "certificate-name", severity: "error", text, remedy: remedies.rename });
  } else if (isTrusted === false && !isExpired) {
    const text = `The certificate is not trusted: ${describeDistrust(distrust)} (issued by ${leaf?.issuer ?? "nobody"}).`;
    findings.push({ id: "certificate-untrusted", severity: "error", text, remedy: remedies.sendChain });
  }
  const old = versions.filter((version) => version === "TLSv1" || version === "TLSv1.1");
  if (old.length > 0) {
    const text = `The server still takes ${old.join(" and ")}, which are broken and switched off in browsers.`;
    findings.push({ id: "tls-old", severity: "warning", text, remedy: remedies.newTls });
  }
  if (!takesHttp1) {
    const chosen = alpn === "h2" ? "h2 only" : "no protocol that was offered";
    const text = `By ALPN the server takes ${chosen}; a WebSocket opens over HTTP/1.1.`;
    findings.push({ id: "alpn-no-http1", severity: "error", text, remedy: remedies.offerHttp1 });
  }
  return findings;
}

const distrusts = new Map([
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "it has signed itself"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "its authority is not one that is trusted here"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "the certificates between it and an authority are not sent"],
  ["UNABLE_TO_GET_ISSUER_CERT", "the certificates between it and an authority are not sent"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "its authority is not known here, or the certificates in between are not sent"],
  ["CERT_NOT_YET_VALID", "it is not valid yet; is the clock right?"],
  ["CERT_REVOKED", "it was revoked"],
]);

function describeDistrust(code: string | undefined): string {
  return distrusts.get(code ?? "") ?? code ?? "nobody vouches for it";
}
