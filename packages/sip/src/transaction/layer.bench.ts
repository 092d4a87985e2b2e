import { it } from 'vitest';
import { parseMessage } from '../message/parse.ts';
import { respond } from '../message/respond.ts';
import type { SipResponse } from '../message/response.ts';
import type { ClientTransaction } from './client-transaction.ts';
import { TransactionLayer } from './layer.ts';
import type { Flow, TransactionListener } from './listener.ts';
import { request } from './sample.ts';
import type { ServerTransaction } from './server-transaction.ts';

const udp: Flow = { reliable: false };
const suffix = 'QvKe3xNbb2w';
const placeholder = 'z9hG4bKplaceholder';

/** What stands before and after the branch. */
type Template = readonly [before: string, after: string];

function templateOf(text: string): Template {
  const [before = '', after = ''] = text.split(placeholder);
  return [before, after];
}

const sample = request('INVITE', { branch: placeholder });
const invite = templateOf(sample.text);
const responses = [100, 180, 200].map((status) => templateOf(respond(sample, status, { toTag: 'b' })));
const [trying, ringing, accepted] = responses.map((template) => write(template, 'z9hG4bKupstream'));

function write([before, after]: Template, branch: string): string {
  return before + branch + after;
}

interface Call {
  readonly upstream: ServerTransaction<Flow, Call>;
}

/** What a proxy does with its transactions, without what it does to the messages. */
class Passing implements TransactionListener<Flow, Call, Call> {
  readonly layer: TransactionLayer<Flow, Call, Call>;
  downstream: ClientTransaction<Flow, Call> | undefined;

  constructor() {
    this.layer = new TransactionLayer<Flow, Call, Call>(this, {
      node: 'n1',
      capacity: 10 ** 6,
      now: 0,
    });
  }

  request(upstream: ServerTransaction<Flow, Call>, now: number): void {
    const call = { upstream };
    upstream.user = call;
    this.layer.respond(upstream, trying!, now);
    this.downstream = this.layer.prepare('INVITE', udp, call, suffix, now)!;
    this.layer.request(this.downstream, write(invite, this.downstream.branch), now);
  }

  response({ upstream }: Call, { status }: SipResponse, now: number): void {
    if (status > 100) this.layer.respond(upstream, status < 200 ? ringing! : accepted!, now);
  }

  send(): void {}
  cancel(): void {}
  ack(): void {}
  expired(): void {}
  failedTransaction(): void {}
  stray(): void {}
  error(error: unknown): never {
    throw error;
  }
}

const passing = new Passing();
let now = 0;

function receive(text: string): void {
  const message = parseMessage(text);
  if (message instanceof Error) throw message;
  passing.layer.receive(message, udp, now);
}

/** A call of 1,000 in a second. */
function call(): void {
  now++;
  passing.layer.advance(now);
  receive(write(invite, `z9hG4bK74bf9.${now}`));
  const { branch } = passing.downstream!;
  for (const response of responses) receive(write(response, branch));
}

function read(text: string): void {
  const message = parseMessage(text);
  if (message instanceof Error || message.via.params.size === 0 || message.cseq.number === 0) throw message;
}

function parseOnly(): void {
  now++;
  read(write(invite, `z9hG4bK74bf9.${now}`));
  const branch = `z9hG4bKn1_1_${now}_1_${suffix}`;
  for (const response of responses) read(write(response, branch));
}

for (let i = 0; i < 100_000; i++) call();

// The difference of the two is what the transactions cost.
it(`INVITE, 100, 180, 200 while ${passing.layer.tallies['invite-server'].completed} calls rest`, async ({
  bench,
}) => {
  await bench.compare(bench('parse the messages', parseOnly), bench('with both transactions', call));
});
