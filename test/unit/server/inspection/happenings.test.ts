import { describe, expect, it } from "vitest";
import { RemoteError } from "../../../../src/base/errors.ts";
import { type Happening, Happenings } from "../../../../src/server/inspection/happenings.ts";

const described = { id: "c1", what: "connection", route: "/", target: "/", remoteAddress: "192.0.2.1" } as const;
const create = () =>
  new Happenings(
    (socket) => ("hidden" in socket ? undefined : described),
    () => "s1",
    () => 9,
  );
const clean = { code: 1000, reason: "", wasClean: true, cause: undefined };

describe("what happened lately", () => {
  it("tells and keeps why a connection ended, without the secrets of its reason", () => {
    const happenings = create();
    const cause = new RemoteError("LW_SOCKET_SLOW_CONSUMER", "The peer does not read.", 1013);
    happenings.receiveClosed({}, { code: 1006, reason: "token=CANARY", wasClean: false, cause });
    expect(happenings.kept).toEqual([
      {
        kind: "closed",
        at: 9,
        ...described,
        code: 1006,
        reason: "token=…",
        wasClean: false,
        cause: { code: "LW_SOCKET_SLOW_CONSUMER", message: "The peer does not read.", closeCode: 1013 },
      },
    ]);
  });

  it("V-50 of a refused request the query's secrets are left out", () => {
    const happenings = create();
    const target = { path: "/a", search: "?access_token=CANARY" };
    happenings.receiveRefused({ remoteAddress: "192.0.2.1", target }, { status: 403, code: "LW_X", message: "No." });
    happenings.receiveRefused({ remoteAddress: "", target: undefined }, { status: 400, code: "LW_Y", message: "No." });
    expect(happenings.kept.map((one) => one.kind === "refused" && one.target)).toEqual(["/a?access_token=…", ""]);
  });

  it("watchers hear what opens as well; it is not kept", () => {
    const happenings = create();
    const heard: Happening[] = [];
    const stop = happenings.watch((happening) => heard.push(happening));
    happenings.receiveOpened({});
    happenings.receiveSessionEnded({}, { by: "expired", code: 4410, reason: "" });
    happenings.receiveFault("open of route /");
    stop();
    happenings.receiveFault("later");
    expect(heard.map(({ kind }) => kind)).toEqual(["opened", "session-ended", "fault"]);
    expect(happenings.kept.map(({ kind }) => kind)).toEqual(["session-ended", "fault", "fault"]);
  });

  it("does not speak of who is hidden", () => {
    const happenings = create();
    happenings.receiveOpened({ hidden: true });
    happenings.receiveClosed({ hidden: true }, clean);
    expect(happenings.kept).toEqual([]);
  });

  it("keeps a few hundred, the newest", () => {
    const happenings = create();
    for (let count = 0; count < 1_000; count++) happenings.receiveFault(`fault ${count}`);
    expect(happenings.kept).toHaveLength(300);
    expect(happenings.kept.at(-1)).toMatchObject({ where: "fault 999" });
  });
});
