import { describe, expect, it, vi } from "vitest";
import { LabPages, pageLimits, type PageLine } from "../../../../src/cli/lab/pages.ts";
import { controlClose } from "../../../../src/cli/lab/wire.ts";

function makeLine() {
  const told: unknown[] = [];
  const closed: number[] = [];
  const line: PageLine = {
    send: (part, message) => void told.push([part, message]),
    close: (code) => void closed.push(code),
  };
  return { line, told, closed };
}

describe("LabPages", () => {
  it("gives each page an id of its own that finds it until it leaves", () => {
    const pages = new LabPages();
    const [first, second] = [pages.enter(makeLine().line), pages.enter(makeLine().line)];
    expect(first?.id).toMatch(/^[\w-]{22}$/);
    expect(first?.id).not.toBe(second?.id);
    expect(pages.find(first?.id)).toBe(first);
    first?.leave();
    expect(pages.find(first?.id)).toBeUndefined();
    expect(pages.find(second?.id)).toBe(second);
    pages.close();
  });

  it("knows nobody without an id", () => {
    expect(new LabPages().find(null)).toBeUndefined();
  });

  it("turns away whoever comes when it is full, and takes the next when one has left", () => {
    const pages = new LabPages();
    const inside = Array.from({ length: pageLimits.pages }, () => pages.enter(makeLine().line));
    const late = makeLine();
    expect(pages.enter(late.line)).toBeUndefined();
    expect(late.closed).toEqual([controlClose.full]);
    inside[0]?.leave();
    expect(pages.enter(makeLine().line)).toBeDefined();
    pages.close();
    expect(pages.count).toBe(0);
  });

  it("ends a page that was there too long", () => {
    vi.useFakeTimers();
    try {
      const pages = new LabPages();
      const { line, closed } = makeLine();
      pages.enter(line);
      vi.advanceTimersByTime(pageLimits.hours * 3_600_000);
      expect(closed).toEqual([controlClose.tooLong]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("ends a page that moved too much", () => {
    const pages = new LabPages();
    const { line, closed } = makeLine();
    const page = pages.enter(line);
    expect(page?.spend(pageLimits.bytes)).toBe(true);
    expect(page?.spend(1)).toBe(false);
    expect(closed).toEqual([controlClose.tooMuch]);
    pages.close();
  });

  it("a page that has left is told nothing more, and whoever held something for it knows", () => {
    const pages = new LabPages();
    const { line, told } = makeLine();
    const page = pages.enter(line);
    page?.tell("race", 1);
    page?.leave();
    page?.tell("race", 2);
    expect(told).toEqual([["race", 1]]);
    expect(page?.signal.aborted).toBe(true);
  });
});
