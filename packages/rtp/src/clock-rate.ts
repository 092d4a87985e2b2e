// RFC 3551 §6, tables 4 and 5.
const staticRates = new Map([
  ...[0, 3, 4, 5, 7, 8, 9, 12, 13, 15, 18].map((payloadType) => [payloadType, 8000] as const),
  [6, 16_000],
  [10, 44_100],
  [11, 44_100],
  [14, 90_000],
  [16, 11_025],
  [17, 22_050],
  ...[25, 26, 28, 31, 32, 33, 34].map((payloadType) => [payloadType, 90_000] as const),
]);

const usualRates = [8000, 16_000, 24_000, 32_000, 44_100, 48_000, 90_000];

/** The clock rate of a static payload type in Hz (RFC 3551 §6); undefined for the dynamic ones. */
export function staticClockRate(payloadType: number): number | undefined {
  return staticRates.get(payloadType);
}

/** The rate in use that is nearest to one that was measured, in Hz. */
export function nearestClockRate(measured: number): number {
  const distance = (rate: number): number => Math.abs(Math.log(rate / measured));
  return usualRates.reduce((best, rate) => (distance(rate) < distance(best) ? rate : best));
}
