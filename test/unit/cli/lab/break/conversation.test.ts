import { describe, expect, test } from "vitest";
import { Conversation } from "../../../../../src/cli/lab/break/conversation.ts";

function listener(): { readonly heard: string[]; send(text: string): void } {
  const heard: string[] = [];
  return { heard, send: (text) => void heard.push(text) };
}

describe("the server's half of the conversation", () => {
  test("says the same numbers to both sides, and nothing before somebody has spoken", () => {
    const conversation = new Conversation(() => 7);
    const [plain, session] = [listener(), listener()];
    conversation.speak();
    conversation.hear("plain", plain, "1 7");
    conversation.hear("session", session, "1 7");
    conversation.speak();
    conversation.speak();
    expect(plain.heard).toEqual(["1 7.0", "2 7.0"]);
    expect(session.heard).toEqual(plain.heard);
    expect(conversation.report().plain.sent).toBe(2);
  });

  test("keeps what it has to say while nobody is there, for whoever speaks next", () => {
    const conversation = new Conversation(() => 0);
    const [first, second] = [listener(), listener()];
    conversation.hear("session", first, "1 0");
    conversation.speak();
    conversation.close("session", first);
    conversation.speak();
    conversation.hear("session", second, "2 0");
    conversation.speak();
    expect([first.heard, second.heard]).toEqual([["1 0.0"], ["2 0.0", "3 0.0"]]);
  });

  test("the end of a socket that was followed by another does not take that one's place away", () => {
    const conversation = new Conversation(() => 0);
    const [first, second] = [listener(), listener()];
    conversation.hear("session", first, "1 0");
    conversation.hear("session", second, "2 0");
    conversation.close("session", first);
    conversation.speak();
    expect(second.heard).toEqual(["1 0.0"]);
  });

  test("a crash takes what was kept with it", () => {
    const conversation = new Conversation(() => 0);
    const [first, second] = [listener(), listener()];
    conversation.hear("plain", first, "1 0");
    conversation.close("plain", first);
    conversation.speak();
    conversation.forget();
    conversation.hear("plain", second, "2 0");
    conversation.speak();
    expect(second.heard).toEqual(["2 0.0"]);
  });

  test("reports what it heard, each arrival once", () => {
    let now = 100;
    const conversation = new Conversation(() => now);
    const socket = listener();
    conversation.hear("plain", socket, "1 100");
    conversation.hear("plain", socket, "3 -2000");
    conversation.hear("plain", socket, "no number");
    now = 110;
    expect(conversation.report().plain).toEqual({
      sent: 0,
      up: { arrived: 2, lost: 1, doubled: 0, late: 1 },
      arrivals: [
        [10, "timely"],
        [10, "late"],
      ],
    });
    expect(conversation.report().plain.arrivals).toEqual([]);
  });
});
