import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** What the generated code has for each message. */
export interface Codec<Message> {
  encode(message: Message, writer?: BinaryWriter): BinaryWriter;
  decode(octets: Uint8Array): Message;
}

let writer = new BinaryWriter();

/** The octets of a message. One writer serves all, for the memory that each needs costs more than the writing. */
export function encoded<Message>(codec: Codec<Message>, message: Message): Uint8Array {
  try {
    return codec.encode(message, writer).finish();
  } catch (error) {
    // What it has begun to write would precede the next message.
    writer = new BinaryWriter();
    throw error;
  }
}
