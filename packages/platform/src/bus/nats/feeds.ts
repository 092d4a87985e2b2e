import { setTimeout as pause } from 'node:timers/promises';
import type { StreamInfo } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Log } from '../../log.ts';
import { eventPatterns } from '../message.ts';
import { covers } from '../subject.ts';
import type { Feed } from './feed.ts';
import { readMissed } from './missed.ts';
import { lastSequence } from './stream.ts';

// A cluster that has lost a server takes some seconds until it can be read from again.
const attempts = 30;
const attemptPause = 500;

/** The events of all subscribers over the connections that come and go. */
export class Feeds {
  readonly #log: Log;
  readonly #feeds = new Set<Feed>();
  #connection: NatsConnection | undefined;
  /** When the stream was made: another one begins to count anew. */
  #created: string | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  add(feed: Feed): void {
    this.#feeds.add(feed);
    if (this.#connection) void this.#mark(feed, this.#connection);
  }

  remove(feed: Feed): void {
    this.#feeds.delete(feed);
  }

  /** The connection has ended. */
  interrupt(): void {
    this.#connection = undefined;
    for (const feed of this.#feeds) feed.interrupt();
  }

  /** There is the stream: what was missed is read from it. */
  resume(connection: NatsConnection, { created, state }: StreamInfo): void {
    const anew = this.#created !== undefined && this.#created !== created;
    this.#connection = connection;
    this.#created = created;
    for (const feed of this.#feeds) {
      if (anew) feed.restart();
      feed.know(state.last_seq);
      if (feed.behind) void this.#catchUp(feed, connection);
    }
  }

  /** A subscriber wants nothing that was told before. */
  async #mark(feed: Feed, connection: NatsConnection): Promise<void> {
    try {
      feed.know(await lastSequence(connection));
    } catch {
      // Then it is known with its first event.
    }
  }

  async #catchUp(feed: Feed, connection: NatsConnection): Promise<void> {
    for (let attempt = 1; connection === this.#connection && feed.behind; attempt++) {
      try {
        await this.#read(feed, connection);
      } catch (error) {
        if (connection !== this.#connection || connection.isClosed()) return;
        if (attempt === attempts) this.#giveUp(feed, error);
        await pause(attemptPause);
      }
    }
  }

  async #read(feed: Feed, connection: NatsConnection): Promise<void> {
    const { goal, subscriber } = feed;
    const tokens = subscriber.pattern.split('.');
    const filter = eventPatterns.some((events) => covers(events, tokens)) ? subscriber.pattern : undefined;
    await readMissed(connection, feed.last, filter, ({ seq, subject, data }) => {
      // What was begun over an earlier connection may still come in, or be read twice where the stream was made again.
      if (connection === this.#connection && seq > feed.last) feed.read(seq, subject, data);
    });
    if (connection === this.#connection) feed.reached(goal);
  }

  #giveUp(feed: Feed, error: unknown): void {
    const { pattern } = feed.subscriber;
    this.#log.error({ err: error, subject: pattern }, 'events that were missed cannot be read');
    feed.release();
  }
}
