import { encoded } from './encoded.ts';
import { Request, RequestBatch, VerdictBatch } from './gen/tandem/router/v1/router.ts';

/** `tandem.router.v1.Router/Session` as gRPC libraries want it described. */
export const session = {
  path: '/tandem.router.v1.Router/Session',
  requestStream: true,
  responseStream: true,
  requestSerialize: (batch: RequestBatch): Buffer => asBuffer(encoded(RequestBatch, batch)),
  requestDeserialize: (octets: Buffer): RequestBatch => RequestBatch.decode(octets),
  responseSerialize: (batch: VerdictBatch): Buffer => asBuffer(encoded(VerdictBatch, batch)),
  responseDeserialize: (octets: Buffer): VerdictBatch => VerdictBatch.decode(octets),
} as const;

/** A request of which nothing is said yet: every field as it is when it is not sent. */
export function blankRequest(): Request {
  return Request.decode(new Uint8Array());
}

/** The same memory. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
