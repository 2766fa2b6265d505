import { describe, expect, it } from "vitest";
import { PayloadViews } from "../../../../src/server/inspection/payload-view.ts";
import { text } from "../../../support/line-client.ts";

const whole = (words: string, mostBytes = 100) =>
  new PayloadViews(mostBytes).view(text(words), text(words).length, true, true, true);

describe("what is shown of a payload", () => {
  it("text as text, bytes as bytes, and how long it is", () => {
    expect(whole("grüße")).toEqual({ text: "grüße", bytes: undefined, length: 7, isCut: false });
    const bytes = Uint8Array.of(1, 2, 3);
    const view = new PayloadViews(2).view(bytes, 3, false, true, true);
    expect(view).toEqual({ text: undefined, bytes: Uint8Array.of(1, 2), length: 3, isCut: true });
  });

  it("a cut that divides a character leaves it away", () => {
    expect(whole("aü", 2)).toMatchObject({ text: "a", length: 3, isCut: true });
  });

  it("nothing of it where nothing may be shown", () => {
    expect(whole("secret", 0)).toEqual({ text: "", bytes: undefined, length: 6, isCut: true });
  });

  it("V-50 a secret that goes on in the next piece is left out there as well", () => {
    const views = new PayloadViews(100);
    const piece = (words: string, isFirst: boolean, isLast: boolean) =>
      views.view(text(words), text(words).length, true, isFirst, isLast).text;
    expect(piece('{"token":"CANA', true, false)).toBe('{"token":"…');
    expect(piece("RY12", false, false)).toBe("…");
    expect(piece('34","room":"a"}', false, true)).toBe('…","room":"a"}');
    expect(piece('{"room":"b"}', true, true)).toBe('{"room":"b"}');
  });

  it("V-50 what lies behind a cut may be a secret's beginning: the next piece does not show its end", () => {
    const views = new PayloadViews(4);
    expect(views.view(text("aaaa"), 20, true, true, false).text).toBe("aaaa");
    expect(views.view(text("CAN ARY"), 7, true, false, true).text).toBe("…");
  });

  it("a piece of a binary message is binary, whatever follows a text", () => {
    const views = new PayloadViews(10);
    views.view(text("a"), 1, true, true, true);
    expect(views.view(text("b"), 1, false, true, false).bytes).toEqual(text("b"));
    expect(views.view(text("c"), 1, true, false, true).bytes).toEqual(text("c"));
  });
});
