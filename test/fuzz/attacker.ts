import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { corpus } from './corpus.ts';
import { type Assault, assault } from './framing.ts';
import { mutant } from './mutate.ts';
import type { Random } from './random.ts';
import { openSender, type Sender } from './sender.ts';
import type { Target } from './target.ts';

/** Sends a target what no phone sends. */
export interface Attacker {
  /** Resolves when it has left; what the network says of it is not asked. */
  strike(random: Random): Promise<void>;
  close(): void;
}

export function openAttacker(target: Target): Attacker {
  return target.transport === 'ws' ? new FramingAttacker(target) : new MessageAttacker(target);
}

/** Broken messages, over the sockets that phones have. */
class MessageAttacker implements Attacker {
  readonly #sender: Sender;

  constructor(target: Target) {
    this.#sender = openSender(target, () => {});
  }

  strike(random: Random): Promise<void> {
    return this.#sender.send(mutant(random, corpus));
  }

  close(): void {
    this.#sender.close();
  }
}

/** Connections that are left as they are until there are more; an edge takes 256 from one address. */
const maxOpen = 60;

/** Broken handshakes and frames of WebSockets, and broken messages in whole ones. */
class FramingAttacker implements Attacker {
  readonly #target: Target;
  readonly #open: Socket[] = [];

  constructor(target: Target) {
    this.#target = target;
  }

  async strike(random: Random): Promise<void> {
    const { end, ...attack } = assault(random);
    const socket = this.#connect();
    await send(socket, attack);
    if (end === 'close') socket.end();
    if (end === 'reset') socket.resetAndDestroy();
  }

  close(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }

  #connect(): Socket {
    const { host, port } = this.#target;
    const socket = connect(port, host);
    // What ends early was refused.
    socket.on('error', () => {});
    this.#open.push(socket);
    if (this.#open.length > maxOpen) this.#open.shift()?.resetAndDestroy();
    return socket;
  }
}

async function send(
  socket: Socket,
  { handshake, waits, pieces, reads }: Omit<Assault, 'end'>,
): Promise<void> {
  socket.write(handshake, 'latin1');
  if (reads) socket.resume();
  else socket.pause();
  // A handshake that was cut off is never answered.
  if (reads && waits && handshake.endsWith('\r\n\r\n')) await answered(socket);
  for (const piece of pieces) {
    if (socket.destroyed) return;
    socket.write(piece);
    await setImmediate();
  }
}

async function answered(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once('data', () => resolve());
  socket.once('close', () => resolve());
  await promise;
}
