// Whether a text is a URL, or an origin. Not by URL.canParse(): in Node 20 it denies every URL with a letter of Latin-1 beyond
// ASCII, such as "https://bücher.example", as soon as whoever asks it has been compiled.

/** The URL that `text` is; undefined if it is none. */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** A serialized origin in the one form that browsers send; undefined if it is none. "null" has no such form. */
export function normalOrigin(text: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@\\]+$/i.test(text)) return undefined;
  const url = parseUrl(text);
  if (url === undefined) return undefined;
  if (url.origin !== "null") return url.origin;
  // Schemes the URL standard does not know, as desktop shells and extensions use them.
  return text.toLowerCase();
}
