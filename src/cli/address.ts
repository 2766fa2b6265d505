// Hosts and ports as they stand in addresses.

/** "127.0.0.1:80", "[::1]:80": an IPv6 address needs brackets (RFC 3986 §3.2.2). */
export function authorityOf(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Whether only this machine can reach a server that listens there. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Where a listener can be dialled from its own machine: one that is bound to all addresses is at the loopback one as well. */
export function dialableAddress(
  listener: { readonly address: string; readonly port: number; readonly secure: boolean } | undefined,
): { readonly host: string; readonly port: number; readonly secure: boolean } | undefined {
  if (listener === undefined) return undefined;
  const { address, port, secure } = listener;
  const host = address === "0.0.0.0" ? "127.0.0.1" : address === "::" ? "::1" : address;
  return { host, port, secure };
}
