// Takes secrets out of text that may be shown (RELIABILITY V-50): the values of JSON members, form fields and query parameters whose
// names say so, and what follows Bearer and Basic. One pass, in time proportional to the text, whatever it holds. A secret that only
// the application knows to be one cannot be told from other text.

import { isSecretName } from "../../base/secret-names.ts";

/** Stands where something was left out. */
export const LEFT_OUT = "…";

/**
 * What a text ends in the midst of: the value of a JSON string with so many backslashes before its quotes (a string inside a string
 * has some), of a field, or of something that was not seen.
 */
export type Secret = number | "field" | "unknown";

export interface RedactedText {
  readonly text: string;
  /** The secret in which it ends. */
  readonly open: Secret | undefined;
}

/** The name of a JSON member with the quotes and the colon behind it; its first quote may lie in an earlier piece. */
const memberName = /([\w.$-]{1,64})(\\*)"\s{0,16}:\s{0,16}/g;
const bareValue = /[-+\w.]+/y;
/** `name=value`, where a field can begin. */
const field = /(^|[?&;\s"'])([\w%.[\]-]{1,64})=([^&;\s"']+)/g;
const fieldEnd = /[&;\s"']/;
/** What an Authorization header says, wherever it stands. */
const credential = /\b(Bearer|Basic)\s{1,16}[\w.~+/=-]{4,}/gi;

/** `text` without what its names say is secret. `before`: it begins in the midst of this one. */
export function redactText(text: string, before?: Secret): RedactedText {
  const start = before === undefined ? 0 : endOf(text, before);
  if (start === -1) return { text: text === "" ? "" : LEFT_OUT, open: before };
  const members = redactMembers(text, start, before === undefined ? "" : LEFT_OUT);
  let isFieldOpen = false;
  const shown = members.text
    .replaceAll(field, (all: string, lead: string, name: string, _value: string, at: number, whole: string) => {
      if (!isSecretName(name)) return all;
      isFieldOpen = at + all.length === whole.length;
      return `${lead}${name}=${LEFT_OUT}`;
    })
    .replaceAll(credential, (_all, scheme: string) => `${scheme} ${LEFT_OUT}`);
  return { text: shown, open: members.open ?? (isFieldOpen ? "field" : undefined) };
}

/** Where the secret ends that `text` begins in; -1: not in this text. */
function endOf(text: string, secret: Secret): number {
  if (secret === "unknown") return -1;
  return secret === "field" ? text.search(fieldEnd) : closingQuote(text, 0, secret);
}

function redactMembers(text: string, start: number, head: string): RedactedText {
  let shown = head;
  let from = start;
  memberName.lastIndex = start;
  for (let match = memberName.exec(text); match !== null; match = memberName.exec(text)) {
    const [, name = "", slashes = ""] = match;
    if (!isSecretName(name)) continue;
    const at = memberName.lastIndex;
    const quote = `${slashes}"`;
    if (text.startsWith(quote, at)) {
      shown += text.slice(from, at) + quote + LEFT_OUT;
      from = closingQuote(text, at + quote.length, slashes.length);
      if (from === -1) return { text: shown, open: slashes.length };
    } else {
      bareValue.lastIndex = at;
      if (!bareValue.test(text)) continue;
      shown += text.slice(from, at) + LEFT_OUT;
      from = bareValue.lastIndex;
    }
    memberName.lastIndex = from;
  }
  return { text: shown + text.slice(from), open: undefined };
}

/**
 * Where the string that began before `at` ends, its backslashes included; -1: it does not. With none before its quotes an escaped
 * quote has an odd number of them; with one, one string further in, the numbers repeat after four; and so on.
 */
function closingQuote(text: string, at: number, slashCount: number): number {
  for (let quote = text.indexOf('"', at); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let first = quote;
    while (first > at && text[first - 1] === "\\") first--;
    if ((quote - first) % (2 * (slashCount + 1)) === slashCount) return quote - slashCount;
  }
  return -1;
}
