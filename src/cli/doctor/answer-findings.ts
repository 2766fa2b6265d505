// Findings about what is answered to the opening handshake, when it is no WebSocket: who refused, and why. The server can be
// told from what stands before it when it is a Longwire server: that one says who it is at its line, takes an upgrade there
// from everybody, and answers 426 only where no upgrade has arrived.

import type { Finding } from "./finding.ts";
import type { Facts, UpgradeFacts } from "./facts.ts";
import { type Remedy, remedies } from "./remedies.ts";

export function findAnswerFaults(facts: Facts): Finding[] {
  const { upgrade } = facts;
  if (upgrade === undefined || upgrade.isOpen) return [];
  const finding = upgrade.status === undefined ? judgeSilence(upgrade) : judgeStatus(upgrade, upgrade.status, facts);
  return [finding];
}

const error = (id: string, text: string, remedy: Remedy): Finding => ({ id, severity: "error", text, remedy });

function judgeSilence({ speaks, fault }: UpgradeFacts): Finding {
  switch (speaks ?? "nothing") {
    case "tls":
      return error("tls-expected", "What answers there speaks TLS, and was spoken to without.", remedies.useTls);
    case "http/2":
      return error("http2-only", "What answers there speaks HTTP/2 only.", remedies.offerHttp1);
    case "other":
      return error("not-http", "What answers there does not speak HTTP.", remedies.checkPath);
    case "nothing": {
      const why = fault?.message ?? "nothing was answered";
      const text = `The upgrade was not answered: ${why}.`;
      if (fault?.code === "cut") return error("upgrade-cut", text, remedies.allowUpgrade);
      if (fault?.code === "unanswered") return error("upgrade-unanswered", text, remedies.allowUpgrade);
      return error("answer-malformed", text, remedies.fixHandshake);
    }
  }
}

function judgeStatus(upgrade: UpgradeFacts, status: number, facts: Facts): Finding {
  const { fault, headers } = upgrade;
  const header = (name: string): string => headers.find(([known]) => known.toLowerCase() === name)?.[1] ?? "";
  const said = `The upgrade was answered ${status}${upgrade.statusText === "" ? "" : ` ${upgrade.statusText}`}`;
  if (status === 101)
    return error("handshake-invalid", `The 101 is none: ${fault?.message ?? ""}`, remedies.fixHandshake);
  if (status === 505) {
    const text = `${said}: the request came to the server as HTTP/1.0, so a proxy in between has remade it.`;
    return error("upgrade-stripped", text, remedies.passUpgrade);
  }
  if (isStripped(upgrade, status, facts)) {
    const who = facts.line?.isLongwire === true ? ", by a Longwire server that takes upgrades" : "";
    const text = `${said}${who}: the server saw a request without Upgrade, so something in between has removed it.`;
    return error("upgrade-stripped", text, remedies.passUpgrade);
  }
  if (status === 426) {
    const versions = header("sec-websocket-version");
    return error("version-refused", `${said}: the server speaks version ${versions} only.`, remedies.fixHandshake);
  }
  if (status >= 300 && status < 400) {
    return error("redirected", `${said}, to ${header("location")}.`, remedies.follow);
  }
  if (status === 407)
    return error("proxy-authentication", `${said}: a proxy wants to know who asks.`, remedies.allowUpgrade);
  if (status === 401 || status === 403) return judgeForbidden(said, status, facts);
  if (status === 421) return error("host-refused", `${said}: the server does not know this host.`, remedies.addHost);
  if (status === 404 || status === 410) {
    if (isLineAddress(facts)) {
      const text = `${said}: this is where sessions are taken, and no plain WebSocket. A session's own WebSocket opens there.`;
      return { id: "line-address", severity: "note", text, remedy: remedies.useClient };
    }
    const hint = facts.line?.isLongwire === true ? `; sessions are taken at ${facts.line.path}` : "";
    return error("not-found", `${said}: there is no WebSocket at this path${hint}.`, remedies.checkPath);
  }
  if (status === 429 || status >= 500) return error("server-busy", `${said}.`, remedies.waitAndRetry);
  if (status >= 200 && status < 300) {
    const text = `${said}, as if no upgrade had been asked for: nothing at this path speaks WebSocket, or a proxy has removed the upgrade.`;
    return error("upgrade-ignored", text, { ...remedies.passUpgrade, text: remedies.checkPath.text });
  }
  return error("upgrade-refused", `${said}.`, remedies.checkPath);
}

/** Whether the address asked for is the line's, where a WebSocket has to name the session's subprotocol, and does open with it. */
function isLineAddress({ url, line }: Facts): boolean {
  const { pathname } = new URL(url);
  return line?.transports.websocket?.works === true && pathname.replace(/\/$/, "") === line.path.replace(/\/$/, "");
}

/** How a server answers a plain GET where it has no page, or one. */
const asOrdinary: ReadonlySet<number> = new Set([200, 404, 405, 426, 505]);

/** 426 says that no upgrade has arrived, unless it is about the version. 400 says the same when Connection was lost on the way. */
function isStripped({ headers, body = "" }: UpgradeFacts, status: number, { line }: Facts): boolean {
  const version = headers.find(([name]) => name.toLowerCase() === "sec-websocket-version")?.[1];
  if (status === 426) return version === undefined || version.split(/\s*,\s*/).includes("13");
  const atLine = line?.transports.websocket?.status;
  // A Longwire server takes every upgrade at its line: what is answered there like an ordinary request came as one.
  if (line?.isLongwire === true && atLine !== undefined && asOrdinary.has(atLine)) return true;
  return status === 400 && line?.isLongwire === true && /upgrade/i.test(body);
}

function judgeForbidden(said: string, status: number, { plain, line }: Facts): Finding {
  const { websocket, longpoll } = line?.transports ?? {};
  // Whoever may open a session by requests may open one by WebSocket: the server makes no difference.
  const isBetween = websocket?.status === status && longpoll?.works === true;
  const passesPlain = plain?.status !== undefined && plain.status !== status;
  if (isBetween) {
    const text = `${said}, while the server lets the same client in by ordinary requests: something in between forbids upgrades.`;
    return error("upgrade-forbidden", text, remedies.allowUpgrade);
  }
  const doubt = passesPlain
    ? `A plain request to the same address is answered ${plain?.status ?? ""}: either the server wants an Origin, a cookie or a token, or something in between forbids upgrades.`
    : "The server, or something before it, does not let this client in.";
  return error("not-admitted", `${said}. ${doubt}`, remedies.authenticate);
}
