// Route patterns: `/chat/:room` names a segment, `/files/*path` (or `*`, named "*") the rest of the path, which may be
// empty; everything else is compared exactly, upper and lower case apart. The types of the parameters come from the
// pattern itself. Parses patterns; matching is router.ts.

import { LocalError } from "../base/errors.ts";

type SegmentParam<Segment extends string> = Segment extends `:${infer Name}`
  ? Name
  : Segment extends "*"
    ? "*"
    : Segment extends `*${infer Name}`
      ? Name
      : never;

type ParamName<Pattern extends string> = Pattern extends `${infer Head}/${infer Tail}`
  ? SegmentParam<Head> | ParamName<Tail>
  : SegmentParam<Pattern>;

/** The parameters a pattern gives: `PathParams<"/chat/:room">` is `{ readonly room: string }`. */
export type PathParams<Pattern extends string> = string extends Pattern
  ? Readonly<Record<string, string>>
  : Readonly<Record<ParamName<Pattern>, string>>;

export type PatternSegment =
  | { readonly kind: "static"; readonly text: string }
  | { readonly kind: "param"; readonly name: string }
  | { readonly kind: "rest"; readonly name: string };

/** The pattern in pieces. Throws LocalError LW_SERVER_ROUTE_PATTERN for one that can match nothing. */
export function parsePattern(pattern: string): readonly PatternSegment[] {
  if (typeof pattern !== "string" || !pattern.startsWith("/")) {
    throw patternError(pattern, 'it must be a string that begins with "/"');
  }
  if (/[?#]/.test(pattern)) throw patternError(pattern, "a pattern is a path, without a query or a fragment");
  const pieces = pattern.slice(1).split("/");
  const names = new Set<string>();
  return pieces.map((piece, index) => {
    const segment = parseSegment(pattern, piece);
    if (segment.kind === "static") return segment;
    if (names.has(segment.name)) throw patternError(pattern, `the name "${segment.name}" appears twice`);
    names.add(segment.name);
    if (segment.kind === "rest" && index !== pieces.length - 1) {
      throw patternError(pattern, `"${piece}" takes the rest of the path, so it must come last`);
    }
    return segment;
  });
}

function parseSegment(pattern: string, piece: string): PatternSegment {
  const kind = piece.startsWith(":") ? "param" : piece.startsWith("*") ? "rest" : undefined;
  if (kind === undefined) {
    return { kind: "static", text: normalPath(`/${piece}`).slice(1) };
  }
  const name = piece.slice(1);
  if (kind === "rest" && name === "") return { kind, name: "*" };
  if (!/^[A-Za-z_]\w*$/.test(name) || name === "__proto__") {
    throw patternError(pattern, `"${piece}" needs a name of letters, digits and _, such as "${piece[0] ?? ":"}room"`);
  }
  return { kind, name };
}

/** The path in the form in which requests arrive: percent-encoded, without `.` and `..` segments. */
export function normalPath(path: string): string {
  return new URL(`http://localhost${path}`).pathname;
}

function patternError(pattern: string, why: string): LocalError {
  return new LocalError(
    "LW_SERVER_ROUTE_PATTERN",
    `The route pattern ${JSON.stringify(pattern)} cannot be used: ${why}. Examples: "/chat", "/chat/:room", "/files/*path".`,
  );
}
