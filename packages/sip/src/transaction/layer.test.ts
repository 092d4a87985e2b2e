import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { respond } from '../message/respond.ts';
import { Recorder, type User } from './recorder.ts';
import { request, requestText, responseTo } from './sample.ts';

const udp = { reliable: false };

/** Throws in each of the user's functions and in sending. */
class Broken extends Recorder {
  override request(): never {
    throw new Error('request');
  }
  override response(): never {
    throw new Error('response');
  }
  override failedTransaction(): never {
    throw new Error('failed');
  }
  override ack(): never {
    throw new Error('ack');
  }
  override stray(): never {
    throw new Error('stray');
  }
  override send(): never {
    throw new Error('send');
  }
}

describe('TransactionLayer', () => {
  it('takes nothing new when it is full, but what belongs to a transaction and what makes room', () => {
    const recorder = new Recorder(1);
    expect(recorder.receive(request('INVITE'), udp)).toBe(true);
    recorder.servers[0]!.user = { name: 'call' };
    expect(recorder.receive(request('INVITE', { branch: 'z9hG4bK2' }), udp)).toBe(false);
    expect(recorder.receive(request('CANCEL', { branch: 'z9hG4bK2' }), udp)).toBe(false);
    expect(recorder.layer.prepare('OPTIONS', udp, { name: 'x' }, 'x', 0)).toBeUndefined();
    expect(recorder.receive(request('INVITE'), udp)).toBe(true);
    expect(recorder.receive(request('CANCEL'), udp)).toBe(true);
    expect(recorder.receive(request('ACK', { branch: 'z9hG4bK3' }), udp)).toBe(true);
    expect(recorder.log()).toEqual(['request INVITE', 'cancel call', 'ack']);
  });

  it('counts what is finished against the capacity', () => {
    const recorder = new Recorder(1);
    recorder.receive(request('OPTIONS'), udp);
    recorder.layer.respond(recorder.servers[0]!, respond(request('OPTIONS'), 200), 0);
    expect(recorder.receive(request('OPTIONS', { branch: 'z9hG4bK2' }), udp)).toBe(false);
    recorder.pass(32_000);
    expect(recorder.receive(request('OPTIONS', { branch: 'z9hG4bK2' }), udp)).toBe(true);
  });

  it('stays in order when the user throws', () => {
    const broken = new Broken();
    const { layer } = broken;
    const start = (method: string, name: string) => {
      const tx = layer.prepare(method, udp, { name }, 'x', broken.now)!;
      const text = requestText(method, { branch: tx.branch });
      layer.request(tx, text, broken.now);
      return text;
    };
    broken.receive(request('INVITE'), udp);
    broken.receive(request('ACK'), udp);
    broken.receive(responseTo(start('INVITE', 'a'), 486), udp);
    broken.receive(responseTo(start('OPTIONS', 'b'), 200), udp);
    broken.receive(responseTo(requestText('OPTIONS'), 200), udp);
    expect(broken.log()).toEqual([
      ...['error request', 'error ack'],
      ...['error send', 'error send', 'error response'],
      ...['error send', 'error response'],
      'error stray',
    ]);
    start('OPTIONS', 'c');
    broken.pass(40_000);
    expect(broken.log().at(-1)).toBe('error failed');
    expect(broken.present()).toEqual({});
    expect(layer.wheel.size).toBe(0);
  });

  it('refuses an answer that is no response', () => {
    const recorder = new Recorder();
    recorder.receive(request('INVITE'), udp);
    for (const text of ['', 'SIP/2.0 700 X\r\n\r\n', 'SIP/2.0 099 X\r\n\r\n', requestText('ACK')]) {
      expect(() => recorder.layer.respond(recorder.servers[0]!, text, 0)).toThrow('not a response');
    }
  });

  it('keeps of a finished transaction neither the request nor what belongs to the user', async () => {
    const recorder = new Recorder();
    const kept: object[][] = [];
    finish(recorder, kept, 'OPTIONS', 200);
    finish(recorder, kept, 'INVITE', 486);
    recorder.receive(request('ACK'), udp);
    expect(Object.values(recorder.present())).toEqual(['0+1', '0+1', '0+1', '0+1']);
    expect(await leftOf(kept)).toEqual([]);
  });

  it('keeps nothing of a transaction that has ended over a flow that goes on', async () => {
    const recorder = new Recorder();
    const tcp = { reliable: true };
    const kept: object[][] = [[recorder.layer.prepare('OPTIONS', tcp, { name: 'x' }, 'x', 0)!]];
    recorder.pass(32_000);
    expect(recorder.present()).toEqual({});
    expect(await leftOf(kept)).toEqual([]);
    recorder.layer.lost(tcp, recorder.now);
  });
});

/** Brings a transaction of each side to its end; what belongs to them goes to `kept`. */
function finish(recorder: Recorder, kept: object[][], method: string, status: number): void {
  const user: User = { name: method };
  const tx = recorder.layer.prepare(method, udp, user, 'x', 0)!;
  const text = requestText(method, { branch: tx.branch });
  recorder.layer.request(tx, text, 0);
  recorder.receive(responseTo(text, status), udp);
  recorder.receive(request(method), udp);
  const server = recorder.servers.pop()!;
  server.user = { name: method };
  recorder.layer.respond(server, respond(server.request, status), 0);
  kept.push([user, server, server.request, server.user]);
}

/** Which of the objects outlive a garbage collection when nothing but the layer holds them. */
async function leftOf(kept: object[][]): Promise<object[]> {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const references = kept.flat().map((object) => new WeakRef(object));
  kept.length = 0;
  // A WeakRef holds its target until the end of the task in which it was made.
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  collect();
  return references.flatMap((reference) => reference.deref() ?? []);
}
