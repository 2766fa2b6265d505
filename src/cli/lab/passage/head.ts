// The head of a request as it goes on from a passage to the server behind it: for that server's address, without what names the page's
// own origin or carries its cookies. Whether the page may ask was judged before.

const left = /^(?:host|origin|referer|cookie|authorization|sec-fetch-.*|forwarded|x-forwarded-.*)$/;
/** Of one connection only (RFC 9110 §7.6.1). */
const hopByHop = /^(?:connection|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/;

/** For the server on `port` of this machine, with everything that an upgrade needs. */
export function headersFor(rawHeaders: readonly string[], port: number): [name: string, value: string][] {
  const headers: [string, string][] = [["Host", `127.0.0.1:${port}`]];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = "", value = ""] = rawHeaders.slice(at, at + 2);
    if (!left.test(name.toLowerCase())) headers.push([name, value]);
  }
  return headers;
}

/** Without what belongs to one connection. */
export function endToEnd(headers: readonly (readonly [string, string])[]): [string, string][] {
  return headers.filter(([name]) => !hopByHop.test(name.toLowerCase())).map(([name, value]) => [name, value]);
}
