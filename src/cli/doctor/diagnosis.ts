// What the facts mean: findings, each with how bad it is, what was seen, and what helps. A pure function of the facts, so
// that every finding has a test and an old examination can be judged again. The identifiers are stable; scripts rely on them.

import { type Bystander, findBystanders } from "./bystanders.ts";
import type { Facts } from "./facts.ts";
import { findAnswerFaults } from "./answer-findings.ts";
import { findConnectionFaults } from "./connection-findings.ts";
import { findPathFaults } from "./path-findings.ts";
import type { Finding, Severity } from "./finding.ts";

export interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly bystanders: readonly Bystander[];
}

const order: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

export function diagnose(facts: Facts): Diagnosis {
  const findings = [...findConnectionFaults(facts), ...findAnswerFaults(facts), ...findPathFaults(facts)];
  const headers = [...(facts.upgrade?.headers ?? []), ...(facts.plain?.headers ?? [])];
  return {
    findings: findings.toSorted((one, other) => order[one.severity] - order[other.severity]),
    bystanders: findBystanders(headers),
  };
}

/** 0: nothing is wrong. 1: a WebSocket does not get through. 3: it does, and there are warnings, or not all was looked at. */
export function exitCodeOf({ findings }: Diagnosis, facts: Facts): number {
  if (findings.some(({ severity }) => severity === "error")) return 1;
  return facts.interrupted === true || findings.some(({ severity }) => severity === "warning") ? 3 : 0;
}
