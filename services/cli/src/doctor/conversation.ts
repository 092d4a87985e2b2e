import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Diagnostics } from '@tandem/resource';
import { type Call, type IncomingCall, Phone, ToneMeter, tone } from '../phone/phone.ts';
import type { ProxyAddress } from '../phone/proxy-address.ts';
import { within } from './within.ts';

/** Milliseconds that the system may be silent after a request. */
const answerWithin = 3_000;
/** Milliseconds that the call may ring. */
const ringTime = 8_000;

/** One end of the call. */
export interface Side {
  readonly name: string;
  readonly phone: Phone;
  /** In Hz. */
  readonly says: number;
  /** Listens to what the other side says. */
  readonly meter: ToneMeter;
  /** The call, from `connect` on. */
  call: Call | undefined;
  /** Digits that were heard. */
  digits: string;
  /** Milliseconds that each of them was on its way. */
  readonly delays: number[];
}

/** A call that the doctor places to itself, with both its ends. */
export class Conversation {
  readonly caller: Side;
  readonly callee: Side;
  /** Milliseconds of tones. */
  readonly talkTime: number;
  #talked: Promise<void> | undefined;

  private constructor(caller: Side, callee: Side, talkTime: number) {
    this.caller = caller;
    this.callee = callee;
    this.talkTime = talkTime;
  }

  /** Opens both phones. Rejects with a Fault. */
  static async open(
    proxy: ProxyAddress,
    { domain, users }: Pick<Diagnostics, 'domain' | 'users'>,
    talkTime: number = 2_000,
  ): Promise<Conversation> {
    const phones = await Promise.all(
      users.map(({ name, password }) =>
        Phone.open({
          account: { user: name, domain, password },
          proxy,
          // It is the calls that are examined; the certificate is for a name by which nobody calls here.
          security: { insecure: true },
          answerWithin,
          ringTime,
        }),
      ),
    );
    // Whole tens of Hz, which a meter tells best, and neither of them a multiple of the other.
    const [caller, callee] = [side('caller', phones[0]!, 450, 1_010), side('callee', phones[1]!, 1_010, 450)];
    return new Conversation(caller, callee, talkTime);
  }

  /** Calls, lets it ring and answers; how long that took, in ms. Rejects with a Fault. */
  async connect(): Promise<{ readonly rang: number; readonly answered: number }> {
    const begin = performance.now();
    const call = await this.caller.phone.call(this.callee.phone.account.user);
    engage(this.caller, call);
    const answered = call.whenAnswered();
    const incoming = await within(
      Promise.race([this.#comes(call), refusal(answered)]),
      'a call to the callee',
    );
    engage(this.callee, incoming);
    const rings = Promise.race([once(call, 'ringing'), refusal(answered)]);
    incoming.ring();
    await within(rings, 'the caller to hear that it rings');
    const rang = performance.now() - begin;
    await within(Promise.all([incoming.answer(), answered]), 'the answer and its ACK');
    return { rang, answered: performance.now() - begin };
  }

  /** Lets both say their tones for a while, once. */
  async talk(): Promise<void> {
    this.#talked ??= delay(this.talkTime);
    await this.#talked;
  }

  async close(): Promise<void> {
    await Promise.all([this.caller.phone.close(), this.callee.phone.close()]);
  }

  /** The call at the callee; another doctor at work may call the same user. */
  #comes({ callId }: Call): Promise<IncomingCall> {
    return new Promise((resolve) => {
      this.callee.phone.on('incoming', (incoming) => {
        if (incoming.callId === callId) resolve(incoming);
        else incoming.reject(480);
      });
    });
  }
}

function side(name: string, phone: Phone, says: number, hears: number): Side {
  return { name, phone, says, meter: new ToneMeter(hears), call: undefined, digits: '', delays: [] };
}

function engage(side: Side, call: Call): void {
  side.call = call;
  call.audio.play(tone(side.says));
  call.audio.listen(side.meter);
}

/** Settles only when the call is refused. */
async function refusal(answered: Promise<void>): Promise<never> {
  await answered;
  return new Promise(() => {});
}
