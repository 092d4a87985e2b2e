/** Messages framed as netstrings (`5:hello,`), which may come in pieces. */
export class NetstringReader {
  #rest: Buffer = Buffer.alloc(0);

  read(chunk: Buffer): string[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages: string[] = [];
    for (let message = this.#next(); message !== undefined; message = this.#next()) messages.push(message);
    return messages;
  }

  #next(): string | undefined {
    const colon = this.#rest.indexOf(':');
    if (colon < 0) return undefined;
    const start = colon + 1;
    const end = start + Number(this.#rest.toString('latin1', 0, colon));
    if (this.#rest.length <= end) return undefined;
    const message = this.#rest.toString('utf8', start, end);
    this.#rest = this.#rest.subarray(end + 1);
    return message;
  }
}

export function netstring(message: string): string {
  return `${Buffer.byteLength(message)}:${message},`;
}
