import { describe, expect, it, vi } from "vitest";
import { LabPages, pageLimits, type PageLine } from "../../../../src/cli/lab/pages.ts";
import { controlClose } from "../../../../src/cli/lab/wire.ts";

function makeLine(address = "192.0.2.1") {
  const told: unknown[] = [];
  const closed: number[] = [];
  const line: PageLine = {
    address,
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
    const inside = Array.from({ length: pageLimits.pages }, (_, index) =>
      pages.enter(makeLine(`192.0.2.${index}`).line),
    );
    const late = makeLine("198.51.100.1");
    expect(pages.enter(late.line)).toBeUndefined();
    expect(late.closed).toEqual([controlClose.full]);
    inside[0]?.leave();
    expect(pages.enter(makeLine("198.51.100.1").line)).toBeDefined();
    pages.close();
    expect(pages.count).toBe(0);
  });

  it("V-18 one address has its share of the pages, and leaves the others to others", () => {
    const pages = new LabPages();
    const inside = Array.from({ length: pageLimits.pagesOfAddress }, () => pages.enter(makeLine().line));
    expect(inside).not.toContain(undefined);
    const late = makeLine();
    expect(pages.enter(late.line)).toBeUndefined();
    expect(late.closed).toEqual([controlClose.full]);
    expect(pages.enter(makeLine("198.51.100.1").line)).toBeDefined();
    inside[0]?.leave();
    expect(pages.enter(makeLine().line)).toBeDefined();
    pages.close();
  });

  it("V-18 who loads the page again and again has what one address may move, and no more until its hours are over", () => {
    let now = 0;
    const pages = new LabPages(() => now);
    const rounds = pageLimits.bytesOfAddress / pageLimits.bytes;
    for (let round = 0; round < rounds; round++) {
      const page = pages.enter(makeLine().line);
      expect(page?.spend(pageLimits.bytes)).toBe(true);
      page?.leave();
    }
    const last = makeLine();
    expect(pages.enter(last.line)?.spend(1)).toBe(false);
    expect(last.closed).toEqual([controlClose.tooMuch]);
    const late = makeLine();
    expect(pages.enter(late.line)).toBeUndefined();
    expect(late.closed).toEqual([controlClose.tooMuch]);
    expect(pages.enter(makeLine("198.51.100.1").line)?.spend(1)).toBe(true);
    now += pageLimits.hours * 3_600_000;
    expect(pages.enter(makeLine().line)?.spend(pageLimits.bytes)).toBe(true);
    pages.close();
  });

  it("addresses that have gone are forgotten one by one, the oldest first", () => {
    const pages = new LabPages();
    const spent = pages.enter(makeLine("a").line);
    for (let round = 0; round < 5; round++) spent?.spend(pageLimits.bytesOfAddress / 4);
    for (let index = 0; index < 5_000; index++) pages.enter(makeLine(`b${index}`).line)?.leave();
    expect(pages.enter(makeLine("a").line)).toBeDefined();
    pages.close();
  });

  it("V-18 a page has so many sockets of each kind, and another one when one has gone", () => {
    const pages = new LabPages();
    const page = pages.enter(makeLine().line);
    let ended = 0;
    const hold = (kind: string): (() => void) | undefined => page?.hold(kind, () => ended++);
    const held = Array.from({ length: pageLimits.socketsOfKind }, () => hold("one"));
    expect(held).not.toContain(undefined);
    expect(hold("one")).toBeUndefined();
    expect(hold("other")).toBeDefined();
    held[0]?.();
    expect(hold("one")).toBeDefined();
    expect(hold("one")).toBeUndefined();
    page?.leave();
    expect(ended).toBe(pageLimits.socketsOfKind + 1);
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
    expect(page?.spend(1)).toBe(false);
    expect(closed).toEqual([controlClose.tooMuch]);
    // Who does not answer the close has nothing of the time that it takes.
    expect(pages.find(page?.id)).toBeUndefined();
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
