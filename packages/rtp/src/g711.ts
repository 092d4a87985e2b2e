/** A companding law of G.711, by its encoding name in SDP, in lower case. */
export type G711Law = 'pcmu' | 'pcma';

/** The byte that stands for silence. */
export const g711Silence: Readonly<Record<G711Law, number>> = { pcmu: 0xff, pcma: 0xd5 };

const expanded: Readonly<Record<G711Law, Int16Array>> = {
  pcmu: Int16Array.from({ length: 256 }, (_, code) => expandMu(code)),
  pcma: Int16Array.from({ length: 256 }, (_, code) => expandA(code)),
};

// Neither law tells samples apart that share their upper 14 bits.
const compressed: Readonly<Record<G711Law, Uint8Array>> = {
  pcmu: Uint8Array.from({ length: 16_384 }, (_, index) => compressMu(sampleOf(index))),
  pcma: Uint8Array.from({ length: 16_384 }, (_, index) => compressA(sampleOf(index))),
};

/** 16-bit samples to a byte each. */
export function encodeG711(law: G711Law, samples: Int16Array): Uint8Array {
  const table = compressed[law];
  return Uint8Array.from(samples, (sample) => table[(sample >> 2) & 0x3fff]!);
}

/** Bytes to a 16-bit sample each. */
export function decodeG711(law: G711Law, bytes: Uint8Array): Int16Array {
  const table = expanded[law];
  return Int16Array.from(bytes, (code) => table[code]!);
}

function sampleOf(index: number): number {
  return (index << 18) >> 16;
}

// ITU-T G.711 table 2: a sign, three bits of segment, four of step, all inverted; 132 biases the segments.
function expandMu(code: number): number {
  const inverted = ~code & 0xff;
  const magnitude = ((((inverted & 15) << 3) + 132) << ((inverted >> 4) & 7)) - 132;
  return inverted & 0x80 ? -magnitude : magnitude;
}

function compressMu(sample: number): number {
  const biased = Math.min(32_635, sample < 0 ? ~sample : sample) + 132;
  const segment = 24 - Math.clz32(biased);
  const step = (biased >> (segment + 3)) & 15;
  return ~((sample < 0 ? 0x80 : 0) | (segment << 4) | step) & 0xff;
}

// ITU-T G.711 table 1: a sign, three bits of segment, four of step, the even bits inverted.
function expandA(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits >> 4) & 7;
  const step = ((bits & 15) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 256) << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

function compressA(sample: number): number {
  const magnitude = sample < 0 ? ~sample : sample;
  const segment = Math.max(0, 24 - Math.clz32(magnitude));
  const step = (magnitude >> (segment === 0 ? 4 : segment + 3)) & 15;
  return ((sample < 0 ? 0 : 0x80) | (segment << 4) | step) ^ 0x55;
}
