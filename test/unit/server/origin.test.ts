import { describe, expect, it } from "vitest";
import { judgeOrigin, parseOrigins, type OriginEvidence } from "../../../src/server/origin.ts";

const evidence = (changes: Partial<OriginEvidence>): OriginEvidence => ({
  origins: [],
  fetchSite: undefined,
  host: "app.example",
  secure: undefined,
  cookieIdentifies: false,
  ...changes,
});
const own = parseOrigins(undefined);

describe("V-40 the origin rule", () => {
  it.each([
    ["app.example", "https://app.example", undefined, true],
    ["app.example", "http://app.example", undefined, true],
    ["app.example:443", "https://app.example", undefined, true],
    ["app.example:443", "http://app.example", undefined, false],
    ["app.example:80", "http://app.example:80", undefined, true],
    ["app.example", "https://app.example:8443", undefined, false],
    ["app.example", "https://app.example", true, true],
    ["app.example", "http://app.example", true, false],
    ["app.example", "https://app.example", false, false],
    ["app.example.", "https://app.example.", undefined, true],
    ["app.example", "https://app.example.", undefined, false],
    ["xn--bcher-kva.example", "https://xn--bcher-kva.example", undefined, true],
    ["app.example", "capacitor://app.example", undefined, false],
    ["app.example", "https://", undefined, false],
    ["app.example", "app.example", undefined, false],
    ["app.example", "https://app.example/", undefined, false],
    ["app.example", "https://user@app.example", undefined, false],
    ["app.example", "https://app.example\\@evil", undefined, false],
  ])("V-40 Host %s and Origin %s, encrypted %s: same origin %s", (host, origin, secure, same) => {
    expect(judgeOrigin(evidence({ host, origins: [origin], secure }), own) === undefined).toBe(same);
  });

  it("V-40 believes Sec-Fetch-Site before it compares names, since pages cannot write it", () => {
    const foreign = evidence({ origins: ["https://elsewhere.example"], fetchSite: "same-origin" });
    expect(judgeOrigin(foreign, own)).toBeUndefined();
    const near = evidence({ origins: ["https://app.example"], fetchSite: "cross-site" });
    expect(judgeOrigin(near, own)).toMatch(/may not connect/);
  });

  it("V-40 refuses null, two origins, and a browser that says nothing", () => {
    for (const refused of [
      evidence({ origins: ["null"], fetchSite: "same-origin" }),
      evidence({ origins: ["https://app.example", "https://app.example"] }),
      evidence({ fetchSite: "none" }),
      evidence({ cookieIdentifies: true }),
    ]) {
      expect(judgeOrigin(refused, own)).toBeTypeOf("string");
    }
    expect(judgeOrigin(evidence({ fetchSite: "same-origin" }), own)).toBeUndefined();
  });

  it("lets listed origins in, also of schemes that desktop shells have", () => {
    const policy = parseOrigins(["https://App.Example:443", "capacitor://localhost", "http://other.example:8080"]);
    for (const origin of ["https://app.example", "capacitor://localhost", "http://other.example:8080"]) {
      expect(judgeOrigin(evidence({ host: "x", origins: [origin] }), policy), origin).toBeUndefined();
    }
    expect(judgeOrigin(evidence({ host: "x", origins: ["capacitor://evil"] }), policy)).toBeTypeOf("string");
  });

  it.each(["https://*.example", "app.example", "https://app.example/path", "null", "*", "", 5])(
    "refuses %j in the list",
    (entry) => {
      expect(() => parseOrigins([entry as string])).toThrow(expect.objectContaining({ code: "LW_SERVER_ORIGINS" }));
    },
  );

  it("refuses a list that is none", () => {
    expect(() => parseOrigins("https://app.example" as never)).toThrow(/expected a list/);
  });
});
