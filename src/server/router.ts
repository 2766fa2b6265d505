// Which route a path belongs to. Segment by segment a static one wins over a parameter, a parameter over the rest; where
// that leads nowhere the next best is tried. Work is bounded by the number of routes, not by the path. Knows nothing of
// hooks: it carries whatever value a route was given.

import { LocalError } from "../base/errors.ts";
import { parsePattern, type PathParams, type PatternSegment } from "./route-pattern.ts";

export interface RouteMatch<Value> {
  readonly value: Value;
  readonly params: PathParams<string>;
}

interface Leaf<Value> {
  readonly pattern: string;
  readonly names: readonly string[];
  readonly value: Value;
}

interface Node<Value> {
  readonly statics: Map<string, Node<Value>>;
  param: Node<Value> | undefined;
  /** A route that ends here. */
  leaf: Leaf<Value> | undefined;
  /** A route that takes the rest of the path from here. */
  rest: Leaf<Value> | undefined;
}

const noParams: PathParams<string> = Object.freeze({});

export class Router<Value> {
  readonly #root: Node<Value> = createNode();
  readonly #values: Value[] = [];

  /** Throws LocalError LW_SERVER_ROUTE_PATTERN or LW_SERVER_ROUTE_DUPLICATE. */
  add(pattern: string, value: Value): void {
    const segments = parsePattern(pattern);
    const names = segments.flatMap((segment) => (segment.kind === "static" ? [] : [segment.name]));
    const node = this.#reach(segments);
    const place = segments.at(-1)?.kind === "rest" ? "rest" : "leaf";
    const taken = node[place];
    if (taken !== undefined) {
      throw new LocalError(
        "LW_SERVER_ROUTE_DUPLICATE",
        `The route "${pattern}" matches the same paths as "${taken.pattern}", which was added before. ` +
          `Give both purposes one route, or one of them another path.`,
      );
    }
    node[place] = { pattern, names, value };
    this.#values.push(value);
  }

  /** What all routes were given, in the order of their coming. */
  get values(): readonly Value[] {
    return this.#values;
  }

  /** The route for `path`, which is percent-encoded and without query; undefined when there is none. */
  match(path: string): RouteMatch<Value> | undefined {
    if (!path.startsWith("/")) return undefined;
    const segments = path.slice(1).split("/");
    const values: string[] = [];
    const leaf = find(this.#root, segments, 0, values);
    if (leaf === undefined) return undefined;
    if (leaf.names.length === 0) return { value: leaf.value, params: noParams };
    const params: Record<string, string> = {};
    for (const [index, name] of leaf.names.entries()) {
      const decoded = decode(values[index] as string);
      if (decoded === undefined) return undefined;
      params[name] = decoded;
    }
    return { value: leaf.value, params };
  }

  #reach(segments: readonly PatternSegment[]): Node<Value> {
    let node = this.#root;
    for (const segment of segments) {
      if (segment.kind === "rest") break;
      if (segment.kind === "param") {
        node = node.param ??= createNode();
        continue;
      }
      let next = node.statics.get(segment.text);
      if (next === undefined) {
        next = createNode();
        node.statics.set(segment.text, next);
      }
      node = next;
    }
    return node;
  }
}

function createNode<Value>(): Node<Value> {
  return { statics: new Map(), param: undefined, leaf: undefined, rest: undefined };
}

/** Fills `values` with the raw values of the parameters on the way to the leaf it returns. */
function find<Value>(
  node: Node<Value>,
  segments: readonly string[],
  at: number,
  values: string[],
): Leaf<Value> | undefined {
  const segment = segments[at];
  if (segment === undefined) {
    if (node.leaf === undefined && node.rest !== undefined) values.push("");
    return node.leaf ?? node.rest;
  }
  const next = node.statics.get(segment);
  const found = next === undefined ? undefined : find(next, segments, at + 1, values);
  if (found !== undefined) return found;
  if (node.param !== undefined && segment !== "") {
    values.push(segment);
    const below = find(node.param, segments, at + 1, values);
    if (below !== undefined) return below;
    values.pop();
  }
  if (node.rest !== undefined) values.push(segments.slice(at).join("/"));
  return node.rest;
}

function decode(text: string): string | undefined {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
