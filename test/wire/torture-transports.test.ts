import { once } from 'node:events';
import { connect } from 'node:tls';
import { expect } from 'vitest';
import { Authority } from '../harness/authority.ts';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { webSocketPort } from '../harness/wire.ts';
import { answerOnStream, answerTo } from '../torture/answers.ts';
import { type TortureMessage, tortureMessages } from '../torture/messages.ts';
import { ipv6Messages } from '../torture/rfc5118.ts';
import { acknowledged } from './acknowledged.ts';
import { acme } from './acme.ts';
import { everyTransport, ports } from './everywhere.ts';
import { it as base } from './fixture.ts';
import { statusOf } from './reply.ts';
import { fresh, write } from './request.ts';
import { address, Tiers } from './tiers.ts';
import { StreamEnd, type TortureEnd, WebSocketEnd } from './torture-end.ts';

const describe = needs('namespace', 'openssl');

const edge = address(11);
const messages = [...tortureMessages, ...ipv6Messages];

type Outcome = ReturnType<typeof answerOnStream>;
type Row = readonly [rfc: number, name: string, said: string, message: TortureMessage, outcome: Outcome];

/** An edge that speaks everything, for all tests of the file. */
const it = base.extend<{ readonly site: Tiers }>({
  site: [
    async ({ tenant }, use) => {
      const tiers = await Tiers.open(tenant);
      const issued = await (await Authority.create()).issue([`DNS:${acme.domains[0]}`]);
      await tiers.edge('edge-1', edge, everyTransport(edge, issued));
      await use(tiers);
      await tiers.close();
    },
    { scope: 'file', auto: true },
  ],
});

function rows(outcomeOf: (message: TortureMessage) => Outcome): Row[] {
  return messages.map((message) => {
    const outcome = outcomeOf(message);
    return [message.rfc, message.name, JSON.stringify(outcome), message, outcome];
  });
}

/** Sends a message, and one that is answered behind it where anything can follow. */
async function torture(end: TortureEnd, { name, text }: TortureMessage, outcome: Outcome): Promise<void> {
  const { isClosed, status } = outcome;
  const statuses = (): number[] => end.answers.map(statusOf);
  const expected = status > 0 ? [status] : [];
  const come = (): Promise<void> =>
    until(
      () => `${expected.join()} and not ${statuses().join()}`,
      () => statuses().length >= expected.length && (end.isClosed || !isClosed),
    );
  end.send(text);
  await come();
  if (status > 0 && text.startsWith('INVITE ')) end.send(acknowledged(text, end.answers[0]!));
  // One that says that it is longer than it is would take what follows for its body.
  if (!isClosed && !(name === 'clerr' && status === 0)) {
    expected.push(200);
    end.send(options());
    await come();
  }
  expect([statuses(), end.isClosed]).toEqual([expected, isClosed]);
  end.close();
}

function options(): string {
  return write(`OPTIONS sip:${edge} SIP/2.0`, {
    Via: `SIP/2.0/TLS ${fresh()}.invalid;branch=z9hG4bK${fresh()}`,
    From: `<sip:sentinel@${edge}>;tag=${fresh()}`,
    To: `<sip:${edge}>`,
    'Call-ID': fresh(),
    CSeq: '1 OPTIONS',
    'Max-Forwards': '70',
  }).text;
}

describe('a message of torture over TLS', () => {
  it.for(rows(answerOnStream))('RFC %d, %s: %s', async ([, , , message, outcome]) => {
    const socket = connect({ host: edge, port: ports.tls, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    await torture(new StreamEnd(socket), message, outcome);
  });
});

describe('a message of torture over a WebSocket', () => {
  // Each message has its end by its frame (RFC 7118 §5), as in a datagram.
  const outcomeOf = (message: TortureMessage): Outcome => ({ status: answerTo(message), isClosed: false });

  it.for(rows(outcomeOf))('RFC %d, %s: %s', async ([, , , message, outcome]) => {
    await torture(await WebSocketEnd.open(`ws://${edge}:${webSocketPort}`), message, outcome);
  });
});

describe('the edge', () => {
  it('calls none of that an error of its own', ({ site }) => {
    expect(site.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
