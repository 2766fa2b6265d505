// What pages of this package may do, as their headers say it: one script, style sheets and pictures of their own origin, connections
// to it; everything else is forbidden, markup made from strings included. Caching, referrers and content types are for whoever serves
// the files.

const pagePolicy: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  // CSP 3 lets 'self' stand for ws: and wss: of the same host and port as well.
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** Under which every answer with a page or a file of one is given. */
export const strictPageHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": pagePolicy,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  // For browsers that do not know frame-ancestors.
  "X-Frame-Options": "DENY",
};
