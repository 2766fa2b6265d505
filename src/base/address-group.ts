// Under which name an address is counted where one place shall not take everything. Of an address that is one; whether it is was
// asked by whoever read it from a socket or a header.

/**
 * What connections from one place are counted under: an IPv4 address by itself, IPv6 addresses by the first 64 bits, as
 * one household or machine has all of the rest.
 */
export function addressGroup(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.replace(/%.*$/, "").split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  // An IPv4 address at the end stands for two groups.
  const backGroups = back.length + (back.at(-1)?.includes(".") === true ? 1 : 0);
  const zeros = tail === undefined ? 0 : 8 - front.length - backGroups;
  const groups = [...front, ...Array.from({ length: Math.max(0, zeros) }, () => "0"), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
