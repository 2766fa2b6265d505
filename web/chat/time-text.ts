// Time stamps in the reader's own language and time zone.

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });

/** Shows the time of day; the full date is there on hover and for machines. */
export function makeTime(at: number): HTMLTimeElement {
  const date = new Date(at);
  const time = document.createElement("time");
  time.dateTime = date.toISOString();
  time.title = full.format(date);
  time.textContent = clock.format(date);
  return time;
}

/** A date, not "today": the page may stay open past midnight. */
export function dayText(at: number): string {
  return day.format(at);
}

export function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
