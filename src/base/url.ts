// Whether a text is a URL. Not by URL.canParse(): in Node 20 it denies every URL with a letter of Latin-1 beyond ASCII, such as
// "https://bücher.example", as soon as whoever asks it has been compiled.

/** The URL that `text` is; undefined if it is none. */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
