import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { watchStopSignals } from "../../../src/cli/stop-signals.ts";

function watch() {
  const source = new EventEmitter();
  const seen: string[] = [];
  let time = 0;
  const unwatch = watchStopSignals(
    { stop: (interactive) => seen.push(interactive ? "stop, interactive" : "stop"), force: () => seen.push("force") },
    source,
    () => time,
  );
  const signal = (name: string, at: number): void => {
    time = at;
    source.emit(name, name);
  };
  return { source, seen, signal, unwatch };
}

describe("watchStopSignals", () => {
  it("tells Ctrl-C from a supervisor's SIGTERM", () => {
    const key = watch();
    key.signal("SIGINT", 5);
    expect(key.seen).toEqual(["stop, interactive"]);
    const supervisor = watch();
    supervisor.signal("SIGTERM", 5);
    expect(supervisor.seen).toEqual(["stop"]);
  });

  it("takes the copy of a Ctrl-C that npm passes on for the same key press", () => {
    const { seen, signal } = watch();
    signal("SIGINT", 0);
    signal("SIGINT", 3);
    expect(seen).toEqual(["stop, interactive"]);
  });

  it("insists at a later second signal, of either kind", () => {
    const { seen, signal } = watch();
    signal("SIGTERM", 0);
    signal("SIGINT", 2_000);
    expect(seen).toEqual(["stop", "force"]);
  });

  it("lets go of the signals", () => {
    const { source, unwatch } = watch();
    unwatch();
    expect(source.eventNames()).toEqual([]);
  });
});
