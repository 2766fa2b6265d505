import { describe, expect, it } from "vitest";
import { checkFunction, resolveOptions } from "../../../src/server/options.ts";

describe("the options of a server", () => {
  it("have defaults that let nobody in who should not be", () => {
    const settings = resolveOptions({});
    expect(settings.origins.allowed).toEqual(new Set());
    expect(settings).toMatchObject({ proxyCount: 0, metricsPath: "/metrics", lenientLength: false });
    expect(settings.limits.maxMessageBytes).toBe(1_048_576);
    expect(resolveOptions({ limits: "public" }).limits.maxConnections).toBe(50_000);
  });

  it.each([
    [false, 0],
    [true, 1],
    [3, 3],
  ])("trustProxy %j means %i proxies", (trustProxy, count) => {
    expect(resolveOptions({ trustProxy }).proxyCount).toBe(count);
  });

  it.each([
    [{ trustProxy: -1 }, "LW_SERVER_OPTION_INVALID"],
    [{ trustProxy: 1.5 }, "LW_SERVER_OPTION_INVALID"],
    [{ trustProxy: "loopback" }, "LW_SERVER_OPTION_INVALID"],
    [{ metrics: "metrics" }, "LW_SERVER_OPTION_INVALID"],
    [{ authenticate: "no" }, "LW_SERVER_OPTION_INVALID"],
    [{ http: {} }, "LW_SERVER_OPTION_INVALID"],
    [{ limits: { maxMesageBytes: 1 } }, "LW_LIMITS_INVALID"],
    [{ origins: ["*"] }, "LW_SERVER_ORIGINS"],
    [{ hosts: ["http://x"] }, "LW_SERVER_HOSTS"],
    [{ log: {} }, "LW_SERVER_LOG"],
    [{ prot: 1 }, "LW_SERVER_OPTION_UNKNOWN"],
    [null, "LW_SERVER_OPTION_INVALID"],
    [8101, "LW_SERVER_OPTION_INVALID"],
  ])("%j is refused as %s", (options, code) => {
    expect(() => resolveOptions(options as never)).toThrow(expect.objectContaining({ code }));
  });

  it("metrics may be moved or left out", () => {
    expect(resolveOptions({ metrics: false }).metricsPath).toBeUndefined();
    expect(resolveOptions({ metrics: "/m" }).metricsPath).toBe("/m");
  });

  it("say what a function was instead", () => {
    expect(() => checkFunction("open", null)).toThrow("open must be a function; it is null.");
    checkFunction("open", undefined);
  });
});
