import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { answerOnStream } from '../torture/answers.ts';
import { tortureMessages } from '../torture/messages.ts';
import { ipv6Messages } from '../torture/rfc5118.ts';
import { acknowledged } from './acknowledged.ts';
import { it } from './fixture.ts';
import { statusOf } from './reply.ts';
import { StreamEnd } from './torture-end.ts';

const describe = needs('namespace');

const rows = [...tortureMessages, ...ipv6Messages].map(
  (message) => [message.rfc, message.name, JSON.stringify(answerOnStream(message)), message] as const,
);

describe('a message of torture over TCP', () => {
  it.for(rows)('RFC %d, %s: %s', async ([, , , message], { live: { tandem }, phone }) => {
    const { isClosed, status } = answerOnStream(message);
    const socket = connect(5060, tandem.host.address);
    await once(socket, 'connect');
    const stream = new StreamEnd(socket);
    stream.send(message.text);
    if (status > 0) {
      await until(
        () => `an answer with ${status}`,
        () => stream.answers.length > 0,
      );
      if (message.text.startsWith('INVITE ')) stream.send(acknowledged(message.text, stream.answers[0]!));
    }
    if (isClosed) {
      await until(
        () => 'the end of the connection',
        () => stream.isClosed,
      );
    }
    const { wire } = await phone('tcp');
    await wire.silent();
    expect([stream.answers.map(statusOf)[0] ?? 0, stream.isClosed]).toEqual([status, isClosed]);
    stream.close();
  });

  it('is nothing that the edge calls an error of its own', async ({ live: { tandem } }) => {
    expect(tandem.logs().filter(({ level }) => level === 'error')).toEqual([]);
  });
});
