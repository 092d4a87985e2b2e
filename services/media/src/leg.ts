import type { Expectation } from './expectation.ts';
import type { Resident } from './occupancy.ts';
import type { Channel, PortPair } from './port-pair.ts';
import { expectationsOf, isHeld, isProven, isSamePlace, type Signalled } from './signalled.ts';

/** Where packets for a side go. */
export interface Remote {
  address: number;
  /** 0: nowhere yet. */
  port: number;
  /** Whether a packet from there has proven it, so that packets are taken from there and nowhere else. */
  latched: boolean;
}

/** One side of one stream: where it is, and our port that it sends to. */
export class Leg implements Resident {
  readonly pair: PortPair;
  /** Its row in the counters. */
  readonly slot: number;
  readonly rtp: Remote = { address: 0, port: 0, latched: false };
  readonly rtcp: Remote = { address: 0, port: 0, latched: false };
  expectations: readonly Expectation[];
  /** The other side of the stream; undefined until that has its place. */
  opposite: Leg | undefined;
  /** Undefined while the stream is off or not described. */
  signalled: Signalled | undefined;
  described = false;
  /** Whether nothing is expected from it. */
  silent = false;
  /** Whether nothing shall be sent to it. */
  held = false;
  /** Whether its RTCP is on the RTP port (RFC 5761). */
  muxed = false;
  readonly #sources: readonly number[];

  /** `sources` are the IP addresses that its packets may come from, as long as nothing is signalled. */
  constructor(
    pair: PortPair,
    slot: number,
    sources: readonly number[],
    expectations: readonly Expectation[],
  ) {
    this.pair = pair;
    this.slot = slot;
    this.#sources = sources;
    this.expectations = expectations;
    pair.legs.add(this);
  }

  /** Takes in what the side has said; undefined turns the stream off. What stays the same stays proven. */
  describe(said: Signalled | undefined): void {
    const next = this.#resolve(said);
    const before = this.signalled;
    const expectations = this.expectationsAfter(said);
    const moved = !before || !next || !isSamePlace(before, next);
    if (moved) this.#reset(this.pair.rtp, this.rtp, next, next?.port ?? 0);
    if (moved || before.rtcpPort !== next.rtcpPort) {
      this.#reset(this.pair.rtcp, this.rtcp, next, next?.rtcpPort ?? 0);
      this.muxed = next?.rtcpPort === 0;
    }
    this.described = true;
    this.silent = said?.silent ?? true;
    this.held = said !== undefined && isHeld(said);
    this.signalled = next;
    this.pair.legs.expect(this, expectations);
  }

  /** Where packets would be expected from if the side said this. */
  expectationsAfter(said: Signalled | undefined): readonly Expectation[] {
    const next = this.#resolve(said);
    const kept = next && this.rtp.latched && this.signalled && isSamePlace(this.signalled, next);
    return kept ? [{ address: this.rtp.address, port: this.rtp.port }] : expectationsOf(next, this.#sources);
  }

  /** Believes a source from now on, and no other. */
  latch(channel: Channel, address: number, port: number): void {
    const remote = this.remote(channel);
    if (remote.latched) channel.peers.delete(remote.address, remote.port);
    remote.address = address;
    remote.port = port;
    remote.latched = true;
    channel.peers.set(address, port, this);
    if (!channel.control) this.pair.legs.expect(this, [{ address, port }]);
  }

  /** Where it is, as seen from one of its ports. */
  remote(channel: Channel): Remote {
    return channel.control ? this.rtcp : this.rtp;
  }

  /** Gives up its place. */
  leave(): void {
    this.#reset(this.pair.rtp, this.rtp, undefined, 0);
    this.#reset(this.pair.rtcp, this.rtcp, undefined, 0);
    this.pair.legs.remove(this);
  }

  // Hold by an address that is none leaves the side where it was.
  #resolve(said: Signalled | undefined): Signalled | undefined {
    if (!said || !isHeld(said)) return said;
    return this.signalled && { ...this.signalled, silent: said.silent };
  }

  #reset(channel: Channel, remote: Remote, next: Signalled | undefined, port: number): void {
    if (remote.latched) channel.peers.delete(remote.address, remote.port);
    // A host that signals for itself may be sent to at once: two relays would wait for each other otherwise.
    const proven = next !== undefined && isProven(next);
    remote.address = proven ? next.address : 0;
    remote.port = proven ? port : 0;
    remote.latched = false;
  }
}
