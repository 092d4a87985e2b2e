/** How a message reached us, which is how a phone is reached (RFC 5626 §3.1). */
export interface BindingFlow {
  /** The edge that owns the socket. */
  readonly edge: string;
  /** `udp` or `tcp`. */
  readonly transport: string;
  /** The peer's address: an IP literal without brackets. */
  readonly host: string;
  readonly port: number;
  /** The port of the listener. */
  readonly localPort: number;
  /** The address of the listener, when it is one that moves between edges. */
  readonly localHost?: string | undefined;
  /** The edge's number for the connection; 0 for a datagram flow. */
  readonly connection: number;
}

/** One contact of an address of record. Moments are milliseconds since 1970. */
export interface Binding {
  /** The URI, as registered. */
  readonly contact: string;
  /** The preference in thousandths, 0 to 1000 (RFC 3261 §20.10). */
  readonly q: number;
  readonly expiresAt: number;
  readonly callId: string;
  readonly cseq: number;
  /** `+sip.instance`, without quotes (RFC 5626 §4.1). */
  readonly instance?: string;
  /** `reg-id`: the binding is this flow of the instance, whatever its URI (RFC 5626 §6). */
  readonly regId?: number;
  /** Values of Path, first first (RFC 3327). */
  readonly path: readonly string[];
  readonly flow: BindingFlow;
  readonly userAgent: string;
  /** Seconds between two questions of its edge whether it is there, which keep a NAT open; it is not asked without. */
  readonly keepAlive?: number;
  /** Since when it has not answered those. */
  readonly unreachableSince?: number;
  /** Milliseconds that an answer to one of those has taken. */
  readonly latency?: number;
  /** When the contact was bound first. */
  readonly registeredAt: number;
  /** When it was bound or refreshed last. */
  readonly updatedAt: number;
}

/** The key of an address of record. Names hold no slash, so it cannot be mistaken. */
export function aorOf(tenant: string, user: string): string {
  return `${tenant}/${user}`;
}

/** The tenant and the user of an address of record. */
export function partsOfAor(aor: string): { readonly tenant: string; readonly user: string } {
  const slash = aor.indexOf('/');
  return { tenant: aor.slice(0, slash), user: aor.slice(slash + 1) };
}
