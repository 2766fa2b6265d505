// Findings about what becomes of bytes after a connection is there: silence, pieces, pauses, buffers, repeats, ends. Most are
// what a proxy does; each is told by an experiment that comes out otherwise without it.

import type { Finding, Severity } from "./finding.ts";
import type { Facts, IdleFacts, LineFacts } from "./facts.ts";
import { type Remedy, remedies } from "./remedies.ts";

/**
 * One or two may be chance, and some of very many what was left in the buffers of a slow reader; a path that tears does it all the
 * time.
 */
const manyTorn = 3;
const tornPart = 1 / 4;
/** What takes longer to end than this holds a connection for nothing. */
const slowCloseMs = 3_000;
/** Ends that lie closer together than this have one cause. */
const sameAge = 0.15;

export function findPathFaults(facts: Facts): Finding[] {
  return [
    ...findSilence(facts),
    ...findPieces(facts),
    ...findClosing(facts),
    ...(facts.line === undefined ? [] : findLineFaults(facts.line, facts.upgrade?.isOpen === true)),
    ...(facts.idle === undefined ? [] : findIdleFaults(facts.idle)),
  ];
}

function finding(severity: Severity, id: string, text: string, remedy: Remedy): Finding {
  return { id, severity, text, remedy };
}

/** Whether the connection opened and then nothing came: neither pongs, nor a Close, nor the greeting of a Longwire server. */
function isSilent({ upgrade, ping, pieces, close, line }: Facts): boolean {
  if (upgrade?.isOpen !== true || ping === undefined || ping.answered > 0 || close === undefined) return false;
  if (pieces !== undefined && pieces.count > 0) return false;
  const greeting = line?.transports.websocket;
  return close.answeredMs === undefined && (greeting === undefined || !greeting.works);
}

function findSilence(facts: Facts): Finding[] {
  const { upgrade, ping, echo } = facts;
  if (upgrade?.isOpen !== true || ping === undefined) return [];
  if (facts.violation !== undefined) {
    const text = `The server breaks a rule of RFC 6455, and every client ends the connection: ${facts.violation}`;
    return [finding("error", "protocol-broken", text, remedies.keepRules)];
  }
  if (isSilent(facts)) {
    const works =
      facts.line?.transports.longpoll?.works === true ? ", while the same server answers ordinary requests" : "";
    const text = `The 101 came, and after it nothing: no pong, no answer to Close${works}. Something in between passes the handshake on and nothing else.`;
    return [finding("error", "silent-after-101", text, remedies.passBytes)];
  }
  if (ping.answered < ping.sent) {
    const text = `Of ${ping.sent} pings ${ping.answered} were answered.`;
    return [finding("warning", "ping-unanswered", text, remedies.answerPings)];
  }
  if (echo !== undefined && echo.answered < echo.sent) {
    return [finding("warning", "echo-missing", "A message did not come back.", remedies.fixEcho)];
  }
  return [];
}

function findPieces({ pieces }: Facts): Finding[] {
  if (pieces === undefined || pieces.torn < Math.max(manyTorn, pieces.count * tornPart)) return [];
  const text = `Frames come torn into small pieces (${pieces.torn} of ${pieces.count} ended inside one): something in between passes bytes on one by one.`;
  return [finding("warning", "sliced", text, remedies.passWhole)];
}

function findClosing(facts: Facts): Finding[] {
  const { close } = facts;
  if (close === undefined || isSilent(facts) || facts.violation !== undefined) return [];
  if (close.answeredMs === undefined) {
    return [finding("warning", "close-unanswered", "Our Close was not answered.", remedies.answerClose)];
  }
  if (close.endedMs === undefined || close.endedMs > slowCloseMs) {
    const how = close.endedMs === undefined ? "not at all in the time given" : `after ${Math.round(close.endedMs)} ms`;
    const text = `The Close was answered, and TCP ended ${how}.`;
    return [finding("warning", "tcp-left-open", text, remedies.answerClose)];
  }
  return [];
}

function findLineFaults(line: LineFacts, isOpen: boolean): Finding[] {
  if (!line.isLongwire) return [];
  const findings: Finding[] = [];
  const { websocket, stream, longpoll } = line.transports;
  // Where WebSockets get through, one that is refused at the line is a matter of paths, any other fault its own.
  const isUnrouted = isOpen && websocket?.status !== undefined && websocket.status !== 101;
  if (line.probe === "buffers") {
    const held = "An answer that is held open for two seconds came only when it was complete";
    findings.push(
      stream?.works === true
        ? finding(
            "warning",
            "first-piece-held",
            `${held}, and one that goes on came with its second piece: something in between keeps the first one back.`,
            remedies.streamAnswers,
          )
        : finding(
            "warning",
            "answers-buffered",
            `${held}, and one that goes on not at all: something in between collects whole answers. Streaming is not possible, long polling is.`,
            remedies.streamAnswers,
          ),
    );
  }
  if (line.repeatsPosts === true) {
    const text =
      "A request that was sent once came to the server twice: something in between repeats POSTs. Sessions are made for it; other applications act twice.";
    findings.push(finding("warning", "posts-repeated", text, remedies.sendOnce));
  }
  const strays = Object.entries({ stream, longpoll, poll: line.transports.poll }).filter(
    ([, way]) => way?.status === 410,
  );
  if (strays.length > 0) {
    const text = `A session that was just opened is unknown where its next request arrives (410, ${strays.map(([name]) => name).join(" and ")}): requests of one client go to several servers.`;
    findings.push(finding("warning", "not-sticky", text, remedies.stayWithOne));
  }
  const ways = { stream, longpoll, ...(isOpen && !isUnrouted && websocket?.status === undefined ? { websocket } : {}) };
  const broken = Object.entries(ways).flatMap(([name, transport]) => {
    const isTold = transport?.isRefused === true || transport?.status === 410;
    const isKnown = transport === undefined || transport.works || isTold;
    // A stream that is buffered has its finding already.
    return isKnown || (name === "stream" && line.probe === "buffers")
      ? []
      : `${name} (${transport.fault ?? "no answer"})`;
  });
  if (broken.length > 0) {
    const text = `A Longwire server answers, and not on every transport: ${broken.join(", ")}.`;
    findings.push(finding("warning", "transport-broken", text, remedies.routeLine));
  }
  if (isUnrouted && websocket?.works === false) {
    const text = `A WebSocket opens at this address, and none at ${line.path}: ${websocket.fault ?? ""}.`;
    findings.push(finding("warning", "line-unreachable", text, remedies.routeLine));
  }
  return findings;
}

function findIdleFaults(idle: IdleFacts): Finding[] {
  const { quietEndedMs, busyEndedMs, quietCloseCode, serverPingsMs } = idle;
  if (quietEndedMs === undefined) return [];
  const seconds = (ms: number): string => (ms < 10_000 ? (ms / 1000).toFixed(1) : String(Math.round(ms / 1000)));
  if (quietCloseCode !== undefined && quietCloseCode !== 1006) {
    const text = `The server closes a connection itself, with ${quietCloseCode}, after ${seconds(quietEndedMs)} s in which nothing is said.`;
    return [finding("note", "idle-closed", text, remedies.waitLonger)];
  }
  if (busyEndedMs !== undefined && Math.abs(busyEndedMs - quietEndedMs) <= sameAge * quietEndedMs + 500) {
    const text = `Every connection ends ${seconds(quietEndedMs)} s after it was made, also one on which something is said.`;
    return [finding("warning", "life-cut", text, remedies.liveLonger)];
  }
  const pinged = serverPingsMs.length > 0 ? " although the server pings" : " before the server's first ping";
  const text = `A connection on which nothing is said is cut after ${seconds(quietEndedMs)} s,${pinged}.`;
  return [finding("warning", "idle-cut", text, remedies.waitLonger)];
}
