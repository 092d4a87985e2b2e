/** Encoding names of audio codecs (RFC 3551 §6 and the IANA registry of RTP payload formats). */
const audioNames = [
  ...['PCMU', 'PCMA', 'G722', 'G723', 'G728', 'G729', 'G729D', 'G729E', 'G7221', 'G719', 'G711-0'],
  ...['G726-16', 'G726-24', 'G726-32', 'G726-40', 'GSM', 'GSM-EFR', 'GSM-HR-08', 'iLBC', 'speex', 'opus'],
  ...[
    'AMR',
    'AMR-WB',
    'AMR-WB+',
    'EVS',
    'EVRC',
    'EVRC0',
    'EVRC1',
    'EVRCB',
    'EVRCWB',
    'QCELP',
    'SMV',
    'VMR-WB',
  ],
  ...['BV16', 'BV32', 'MELP', 'LPC', 'DVI4', 'L8', 'L16', 'L20', 'L24', 'CN', 'telephone-event', 'red'],
] as const;

const videoNames = [
  ...['H261', 'H263', 'H263-1998', 'H263-2000', 'H264', 'H264-SVC', 'H265', 'H266', 'VP8', 'VP9', 'AV1'],
  ...['JPEG', 'MPV', 'MP4V-ES'],
] as const;

const known = new Map([...audioNames, ...videoNames].map((name) => [name.toLowerCase(), name]));
const ofVideo: ReadonlySet<string> = new Set(videoNames);

/** All names that a policy may list. */
export const codecNames: readonly string[] = [...known.values()];

/** A name as it is registered, whatever its case; undefined when it is not known. */
export function codecName(text: string): string | undefined {
  return known.get(text.toLowerCase());
}

/** Whether a codec in the spelling of `codecName` is one of video. */
export function isVideoCodec(name: string): boolean {
  return ofVideo.has(name);
}
