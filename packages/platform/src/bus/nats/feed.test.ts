import { headers, type Msg } from '@nats-io/transport-node';
import { beforeEach, describe, expect, it } from 'vitest';
import { subscriber } from '../subscribers.ts';
import { Feed } from './feed.ts';

const octets = new Uint8Array(0);

describe('the events of a subscriber', () => {
  let taken: string[];
  let feed: Feed;

  beforeEach(() => {
    taken = [];
    const to = subscriber('>', () => undefined, {});
    feed = new Feed(to, (subject) => taken.push(subject), 3);
  });

  const tell = (...sequences: number[]): void => {
    for (const sequence of sequences) {
      const own = headers();
      own.set('Nats-Sequence', String(sequence));
      feed.tell({ subject: `told.${sequence}`, headers: own, data: octets } as Msg);
    }
  };
  const read = (...sequences: number[]): void => {
    for (const sequence of sequences) feed.read(sequence, String(sequence), octets);
  };

  it('are passed on as they are told', () => {
    tell(4, 5);
    expect(taken).toEqual(['4', '5']);
    expect(feed.behind).toBe(false);
  });

  it('are read up to where they are told again', () => {
    tell(4);
    feed.interrupt();
    feed.know(7);
    tell(7, 8);
    expect([feed.behind, feed.last, feed.goal]).toEqual([true, 4, 7]);
    read(5, 6, 7);
    feed.reached(7);
    tell(9);
    expect(taken).toEqual(['4', '5', '6', '7', '8', '9']);
  });

  it('are read further when more is told meanwhile than can be held', () => {
    tell(4);
    feed.interrupt();
    feed.know(5);
    tell(6, 7, 8, 9, 10);
    expect(feed.goal).toBe(9);
    read(5);
    feed.reached(5);
    expect(feed.behind).toBe(true);
    read(6, 7, 8, 9);
    feed.reached(9);
    expect(taken).toEqual(['4', '5', '6', '7', '8', '9', '10']);
  });

  it('begin with what is told after the subscription', () => {
    feed.know(4);
    feed.interrupt();
    feed.know(6);
    expect([feed.behind, feed.last, feed.goal]).toEqual([true, 4, 6]);
  });

  it('are not read by who has never listened before', () => {
    feed.interrupt();
    feed.know(6);
    expect(feed.behind).toBe(false);
    tell(7);
    expect(taken).toEqual(['7']);
  });

  it('are read from the first one on when the stream has begun anew', () => {
    tell(4);
    feed.interrupt();
    feed.restart();
    feed.know(2);
    expect([feed.behind, feed.last, feed.goal]).toEqual([true, 0, 2]);
  });

  it('go on under new numbers when the stream has begun anew', () => {
    tell(4);
    feed.restart();
    feed.know(0);
    tell(1);
    expect(taken).toEqual(['4', '1']);
    expect(feed.last).toBe(1);
  });

  it('go on with what was held when nothing can be read', () => {
    tell(4);
    feed.interrupt();
    feed.know(7);
    tell(8, 9);
    feed.release();
    expect(taken).toEqual(['4', '8', '9']);
  });

  it('are not read any more when nobody wants them', () => {
    tell(4);
    feed.interrupt();
    feed.subscriber.active = false;
    expect(feed.behind).toBe(false);
  });
});
