// The first two questions: which addresses a name has, and which of them take a connection. All of them are tried, because
// one that is dead makes every client wait, some of the time, and nobody sees why.

import { lookup } from "node:dns/promises";
import { connect, isIP } from "node:net";
import { describeFault } from "./contact.ts";
import type { AddressFacts, LookupFacts } from "./facts.ts";
import type { Patience } from "./patience.ts";

/** More are not tried: they are all of one kind. */
const mostAddresses = 8;

export async function lookUp(hostname: string, patience: Patience): Promise<LookupFacts> {
  const startedAt = performance.now();
  if (isIP(hostname) !== 0) return { ms: 0, addresses: [hostname] };
  const asked = lookup(hostname, { all: true, verbatim: true }).then(
    (found) => ({ addresses: found.map(({ address }) => address) }),
    (error: unknown) => ({ addresses: [], fault: describeFault(error) }),
  );
  const answer = (await patience.within(asked)) ?? { addresses: [], fault: "the name server did not answer in time" };
  return { ms: performance.now() - startedAt, ...answer };
}

export function reach(addresses: readonly string[], port: number, patience: Patience): Promise<AddressFacts[]> {
  return Promise.all(addresses.slice(0, mostAddresses).map((address) => reachOne(address, port, patience)));
}

async function reachOne(address: string, port: number, patience: Patience): Promise<AddressFacts> {
  const startedAt = performance.now();
  const socket = connect({ host: address, port });
  const outcome = new Promise<AddressFacts>((resolve) => {
    socket.on("connect", () => resolve({ address, ms: performance.now() - startedAt }));
    socket.on("error", (error) => resolve({ address, fault: describeFault(error) }));
  });
  try {
    return (
      (await patience.within(outcome)) ?? { address, fault: "no answer in time: a firewall may drop what is sent" }
    );
  } finally {
    socket.destroy();
  }
}
