// The words of the part “Why it persists”.
import type { Text } from "../language.ts";

export const title: Text = { en: "Why it persists", zh: "为何持久" };
export const lead: Text = {
  en: "How a connection stays open for hours, and how its end is noticed.",
  zh: "一个连接如何保持数小时,以及如何发现它已断开。",
};
