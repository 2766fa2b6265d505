import { describe, expect, it } from "vitest";
import * as channels from "../../../../src/server/diagnostics.ts";
import { MessageCounts } from "../../../../src/server/inspection/message-counts.ts";

describe("counting messages", () => {
  it("counts messages and bytes per socket, both ways, while somebody wants it", () => {
    const counts = new MessageCounts();
    const [socket, other] = [{}, {}];
    expect(counts.of(socket)).toBeUndefined();
    const stop = counts.start();
    channels.messageIn.publish({ socket, data: "ü" });
    channels.messageIn.publish({ socket, data: new Uint8Array(3) });
    channels.messageOut.publish({ socket, data: new ArrayBuffer(4) });
    channels.messageOut.publish({ socket, data: new Blob(["five!"]) });
    expect(counts.of(socket)).toEqual({ messagesIn: 2, messagesOut: 2, payloadIn: 5, payloadOut: 9 });
    expect(counts.of(other)).toEqual({ messagesIn: 0, messagesOut: 0, payloadIn: 0, payloadOut: 0 });
    stop();
    expect(counts.of(socket)).toBeUndefined();
  });

  it("nobody listens before the first and after the last", () => {
    const counts = new MessageCounts();
    const heard = (): boolean[] => [channels.messageIn.hasSubscribers, channels.messageOut.hasSubscribers];
    expect(heard()).toEqual([false, false]);
    const stops = [counts.start(), counts.start()];
    stops[0]?.();
    stops[0]?.();
    expect(heard()).toEqual([true, true]);
    stops[1]?.();
    expect(heard()).toEqual([false, false]);
  });
});
