/** A payload type and what it stands for. */
export interface Codec {
  /** 0 to 127. */
  readonly payload: number;
  /** The encoding name, as written. Names are compared without case. */
  readonly name: string;
  /** In Hz. */
  readonly clockRate: number;
  readonly channels: number;
  /** The format parameters (`a=fmtp`). */
  readonly parameters?: string;
}

export const pcmu: Codec = { payload: 0, name: 'PCMU', clockRate: 8000, channels: 1 };
export const pcma: Codec = { payload: 8, name: 'PCMA', clockRate: 8000, channels: 1 };
/** DTMF as events (RFC 4733). */
export const telephoneEvent: Codec = {
  payload: 101,
  name: 'telephone-event',
  clockRate: 8000,
  channels: 1,
  parameters: '0-16',
};

// RFC 3551 §6, tables 4 and 5: what needs no a=rtpmap.
const staticCodecs: readonly Codec[] = [
  pcmu,
  { payload: 3, name: 'GSM', clockRate: 8000, channels: 1 },
  { payload: 4, name: 'G723', clockRate: 8000, channels: 1 },
  pcma,
  { payload: 9, name: 'G722', clockRate: 8000, channels: 1 },
  { payload: 13, name: 'CN', clockRate: 8000, channels: 1 },
  { payload: 15, name: 'G728', clockRate: 8000, channels: 1 },
  { payload: 18, name: 'G729', clockRate: 8000, channels: 1 },
  { payload: 26, name: 'JPEG', clockRate: 90_000, channels: 1 },
  { payload: 31, name: 'H261', clockRate: 90_000, channels: 1 },
  { payload: 34, name: 'H263', clockRate: 90_000, channels: 1 },
];

/** The codec of a static payload type. */
export function staticCodec(payload: number): Codec | undefined {
  return staticCodecs.find((codec) => codec.payload === payload);
}

/** Whether two codecs are the same, whatever their payload types. */
export function sameCodec(one: Codec, other: Codec): boolean {
  return (
    one.name.toLowerCase() === other.name.toLowerCase() &&
    one.clockRate === other.clockRate &&
    one.channels === other.channels
  );
}

/** Whether a codec is DTMF as events. */
export function isTelephoneEvent(codec: Codec): boolean {
  return codec.name.toLowerCase() === telephoneEvent.name;
}
