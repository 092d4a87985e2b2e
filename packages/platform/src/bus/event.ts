import { hash } from 'node:crypto';
import { encoded, event } from '@tandem/contract';
import type { Bus } from './bus.ts';

/** Where events go, and what they say of their origin. */
export interface EventOrigin {
  readonly bus: Bus;
  readonly region: string;
  readonly node: string;
}

/** What is told. Two nodes that tell the same give it the same id: it is told once. */
export interface ToldEvent extends Pick<event.Event, 'id' | 'atMs' | 'kind'> {
  /** What follows `tandem.<region>.` */
  readonly subject: string;
  readonly tenant?: string;
  readonly traceId?: string;
}

/** `settled` is called when the event is sure to be kept, or was given up. */
export function publishEvent(
  { bus, region, node }: EventOrigin,
  told: ToldEvent,
  settled?: () => void,
): void {
  const { subject, id, atMs, kind, tenant = '', traceId = '' } = told;
  const octets = encoded(event.Event, { id, atMs, node, tenant, traceId, kind });
  bus.publish(`tandem.${region}.${subject}`, octets, { key: id, ...(settled && { settled }) });
}

/** A short name for what is long: in ids of events, and in subjects. */
export function digest(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}
