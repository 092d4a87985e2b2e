import { isIPv4 } from 'node:net';

/** In place of a length: four octets of an IPv4 address follow. */
const ipv4Mark = 255;

/** A text of at most 254 octets behind its length; an IPv4 address takes four octets. */
export function shortText(text: string): Buffer {
  if (isIPv4(text)) return Buffer.from([ipv4Mark, ...text.split('.').map(Number)]);
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')]);
}

/** Reads octets whose writer is known. */
export class OctetReader {
  readonly #octets: Buffer;
  #at = 0;

  constructor(octets: Buffer) {
    this.#octets = octets;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#octets.length;
  }

  take(length: number): Buffer {
    this.#at += length;
    return this.#octets.subarray(this.#at - length, this.#at);
  }

  shortText(): string {
    const length = this.take(1)[0]!;
    return length === ipv4Mark ? this.take(4).join('.') : this.take(length).toString('latin1');
  }
}
