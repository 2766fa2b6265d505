import { describe, expect, it } from "vitest";
import { defaultSettings } from "../../../src/session/settings.ts";
import { resolveLine, type LineOptions, type LineSettings } from "../../../src/server/line-options.ts";
import { UpgradeRequest } from "../../../src/server/upgrade-request.ts";

const facts = { target: { path: "/", search: "" }, host: "localhost", secure: false, origin: undefined };
const request = new UpgradeRequest({ ...facts, remoteAddress: "", protocols: [], params: {}, rawHeaders: [] });

function resolve(options: boolean | LineOptions<never> | undefined): LineSettings {
  const settings = resolveLine(options);
  if (settings === undefined) throw new Error("The line is off.");
  return settings;
}

describe("the options of the line", () => {
  it("it is on unless it is switched off", () => {
    expect(resolveLine(false)).toBeUndefined();
    for (const choice of [undefined, true, {}]) {
      expect(resolveLine(choice)).toMatchObject({ path: "/longwire", credentials: false, session: defaultSettings });
    }
  });

  it("times, sizes and the path are taken over", () => {
    const settings = resolve({ path: "/a b/", windowMs: 1, retainBytes: 4096, heartbeatMs: 500, credentials: true });
    expect(settings).toMatchObject({
      path: "/a%20b",
      credentials: true,
      session: { windowMs: 1, retainBytes: 4096, heartbeatMs: 500 },
    });
  });

  it.each<[string, unknown]>([
    ["line", null],
    ["line", "on"],
    ["line.path", "longwire"],
    ["line.path", "/"],
    ["line.windowMs", -1],
    ["line.windowMs", NaN],
    ["line.retainBytes", 10],
    ["line.heartbeatMs", "20"],
    ["line.credentials", 1],
    ["line.principal", "id"],
    ["line.expiresIn", 60],
  ])("%s of %j is refused by name", (name, value) => {
    const [, key] = name.split(".");
    const given = (key === undefined ? value : { [key]: value }) as LineOptions<never>;
    expect(() => resolveLine(given)).toThrow(`${name} is`);
  });

  it("an unknown one is refused, with the likely one", () => {
    expect(() => resolveLine({ window: 1 } as LineOptions<never>)).toThrow(/did you mean `windowMs`/);
  });
});

describe("whom a session belongs to", () => {
  const { principal } = resolve({});

  it('V-52 is the user\'s id, or the user, and 1 is not "1"', () => {
    expect(principal({ id: "Ada" }, request)).toBe(principal("Ada", request));
    expect(principal({ id: 1n }, request)).toBe(principal(1, request));
    expect(principal(1, request)).not.toBe(principal("1", request));
    expect([undefined, null, {}, { id: {} }, true].map((user) => principal(user, request))).toEqual(
      Array.from({ length: 5 }),
    );
  });

  it("is what the option says", () => {
    const own = resolve({
      principal: (user: { name: string }, { host }) => `${user.name}@${host}`,
    });
    expect(own.principal({ id: 1, name: "Ada" }, request)).toBe("sAda@localhost");
  });
});

describe("for how long an admission is good", () => {
  const lasting = (seconds: unknown) => resolve({ expiresIn: () => seconds as number }).expiresIn(undefined, request);

  it("is for ever without the option, else what it says in whole seconds", () => {
    expect(resolve({}).expiresIn(undefined, request)).toBe(0);
    expect([undefined, Infinity, 60, 59.9].map(lasting)).toEqual([0, 0, 60, 59]);
  });

  it("V-52 a time that is over is over at once, not never", () => {
    expect([0, -5, 0.5].map(lasting)).toEqual([1, 1, 1]);
  });

  it("no number is a mistake", () => {
    expect(() => lasting(NaN)).toThrow(expect.objectContaining({ code: "LW_SERVER_LINE_EXPIRY" }));
    expect(() => lasting("60")).toThrow(expect.objectContaining({ code: "LW_SERVER_LINE_EXPIRY" }));
  });
});
