/** The octets of an answer, as text; undefined, and no more is read, when there are more than `max`. */
export async function textOf(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  max: number,
): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let octets = 0;
  for await (const chunk of body) {
    octets += chunk.length;
    if (octets > max) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
