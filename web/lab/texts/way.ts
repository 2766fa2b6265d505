// The words of the part “The way here”.
import type { Text } from "../language.ts";

export const title: Text = { en: "The way here", zh: "来路" };
export const lead: Text = {
  en: "From the socket calls below to what HTTP could and could not do.",
  zh: "从底层的套接字调用,到 HTTP 能做与不能做的事。",
};
