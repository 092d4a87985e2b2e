import type { DatagramKind, Reception } from '@tandem/rtp';
import type { Leg } from './leg.ts';
import type { Channel } from './port-pair.ts';
import { hostsOf, isTranslated } from './signalled.ts';

/** A packet from a source that no leg is latched to. */
export interface Arrival {
  readonly channel: Channel;
  readonly address: number;
  readonly port: number;
  readonly kind: DatagramKind;
  readonly ssrc: number;
  /** 0 for RTCP. */
  readonly sequence: number;
}

/** The leg that an unknown source has just proven to be; undefined for a stranger. */
export function provenLeg(arrival: Arrival, reception: Reception): Leg | undefined {
  const legs = arrival.channel.pair.legs.at(arrival.address);
  return (
    legs.find((leg) => isSignalled(leg, arrival)) ??
    legs.find((leg) => isContinued(leg, arrival, reception)) ??
    only(legs.filter((leg) => isBehindNat(leg, arrival)))
  );
}

/** It comes from exactly where the side says that it is. */
function isSignalled(leg: Leg, { channel, address, port, kind }: Arrival): boolean {
  const { signalled } = leg;
  if (!signalled || leg.remote(channel).latched) return false;
  const expected = channel.control ? signalled.rtcpPort : signalled.port;
  return (
    expected === port &&
    hostsOf(signalled).includes(address) &&
    (kind === 'rtcp' || isPlausible(leg, channel, kind))
  );
}

/** The NAT has given the stream another port: same host, same source, next numbers. */
function isContinued(leg: Leg, arrival: Arrival, reception: Reception): boolean {
  const { channel, address, kind, ssrc, sequence } = arrival;
  const remote = leg.remote(channel);
  if (!remote.latched || remote.address !== address) return false;
  if (channel.control) return kind === 'rtcp' && reception.hears(leg.slot, ssrc);
  return kind === 'rtp' && reception.continues(leg.slot, ssrc, sequence);
}

/** It comes from the host that the signalling comes from, which is not the one that the side says that it is. */
function isBehindNat(leg: Leg, { channel, address, kind }: Arrival): boolean {
  const { signalled } = leg;
  if (!signalled || !isTranslated(signalled) || leg.remote(channel).latched) return false;
  return signalled.source === address && isPlausible(leg, channel, kind);
}

function isPlausible(leg: Leg, channel: Channel, kind: DatagramKind): boolean {
  if (kind === 'dtls') return true;
  return channel.control ? kind === 'rtcp' : kind === 'rtp' || leg.signalled?.opaque === true;
}

// Two that could be meant: neither is believed.
function only<T>(candidates: readonly T[]): T | undefined {
  return candidates.length === 1 ? candidates[0] : undefined;
}
