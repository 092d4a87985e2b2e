import type { Log, Member, Membership } from '@tandem/platform';

/** Where routers are found: membership, or `host:port` of each. */
export type Routers = Membership | readonly string[];

/** Told which routers there are. */
export interface RouterWatcher {
  found(id: string, address: string): void;
  /** Whether it wants no new requests. */
  drains(id: string, draining: boolean): void;
  /** It has said good-bye. */
  left(id: string): void;
  died(id: string): void;
}

/** Tells of the routers that are there, and of each change, until the returned function is called. */
export function watchRouters(routers: Routers, log: Log, watcher: RouterWatcher): () => void {
  if (!('members' in routers)) {
    for (const address of routers) watcher.found(address, address);
    return () => undefined;
  }
  const found = (member: Member): void => {
    const address = member.addresses.grpc;
    if (address === undefined) {
      log.warn({ router: member.id }, 'a router does not say where it is asked');
      return;
    }
    watcher.found(member.id, address);
    watcher.drains(member.id, member.state === 'draining');
  };
  for (const member of routers.members('router')) found(member);
  return routers.onChange(({ change, member }) => {
    if (member.tier !== 'router') return;
    if (change === 'joined' || change === 'changed') found(member);
    else watcher[change](member.id);
  });
}
