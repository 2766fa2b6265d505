// Makes a class look as Web IDL says: constants on the interface and its prototype, the standard's members enumerable and
// the prototype's own, and the name of the interface as toStringTag. Runs once per class, at import.

const constants = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const;

const members = [
  "url",
  "readyState",
  "bufferedAmount",
  "onopen",
  "onerror",
  "onclose",
  "extensions",
  "protocol",
  "close",
  "onmessage",
  "binaryType",
  "send",
] as const;

/** Gives `type` the shape of the WebSocket interface. Members it inherits become own ones of its prototype. */
export function exposeWebSocketInterface(type: { readonly prototype: object }): void {
  for (const [name, value] of Object.entries(constants)) {
    const constant = { value, enumerable: true, writable: false, configurable: false };
    Object.defineProperty(type, name, constant);
    Object.defineProperty(type.prototype, name, constant);
  }
  for (const name of members) {
    const descriptor = findDescriptor(type.prototype, name);
    if (descriptor !== undefined) Object.defineProperty(type.prototype, name, { ...descriptor, enumerable: true });
  }
  // Both arguments of close() are optional, which the written-out signature does not show.
  const close: unknown = findDescriptor(type.prototype, "close")?.value;
  if (typeof close === "function") Object.defineProperty(close, "length", { value: 0, configurable: true });
  const name = { value: "WebSocket", configurable: true };
  Object.defineProperty(type.prototype, Symbol.toStringTag, name);
  // Minifiers rename classes.
  Object.defineProperty(type, "name", name);
}

function findDescriptor(start: object, name: string): PropertyDescriptor | undefined {
  for (let at: object | null = start; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(at, name);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}
