import type { Diagnostics } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { within } from '../doctor/within.ts';
import { type Call, type Fate, type IncomingCall, Phone } from '../phone/phone.ts';
import type { ProxyAddress } from '../phone/proxy-address.ts';
import type { PlacedCall } from './placed-call.ts';
import { talk } from './talk.ts';

/** Milliseconds that the system may be silent after a request, and that a call may ring. */
const patience = 12_000;
/** Seconds: who is killed leaves its phones behind for so long. */
const expires = 60;

/** Two phones behind one address, the second one registered, and any number of calls between them. */
export class Pair {
  readonly #caller: Phone;
  readonly #callee: Phone;
  readonly #awaited = new Map<string, (call: IncomingCall) => void>();

  private constructor(caller: Phone, callee: Phone) {
    this.#caller = caller;
    this.#callee = callee;
    callee.on('incoming', (call) => this.#comes(call));
  }

  /** Opens and registers. Rejects with a Fault. */
  static async open(proxy: ProxyAddress, { domain, users }: Diagnostics, fate?: Fate): Promise<Pair> {
    const phones = users.map(({ name: user, password }) =>
      Phone.open({
        account: { user, domain, password },
        proxy,
        // It is the calls that are measured; the certificate is for a name by which nobody calls here.
        security: { insecure: true },
        answerWithin: patience,
        ringTime: patience,
        fate,
      }),
    );
    const [caller, callee] = await Promise.all(phones);
    const pair = new Pair(caller!, callee!);
    try {
      await callee!.register({ expires });
      return pair;
    } catch (error) {
      await pair.close();
      throw error;
    }
  }

  /** Calls, talks for `talkTime` ms or until the signal, and hangs up. Rejects with a Fault when this machine has no port left. */
  async place(talkTime: number, signal: AbortSignal): Promise<PlacedCall> {
    const at = performance.now();
    const call = await this.#caller.call(this.#callee.account.user);
    const delays: number[] = [];
    for (const sign of ['ringing', 'answered'] as const) {
      call.once(sign, () => delays.push(performance.now() - at));
    }
    const outcome = await this.#converse(call, talkTime, signal);
    return { at, over: performance.now(), postDialDelay: delays[0], ...outcome };
  }

  async close(): Promise<void> {
    await Promise.all([this.#caller.close(), this.#callee.close()]);
  }

  async #converse(
    call: Call,
    talkTime: number,
    signal: AbortSignal,
  ): Promise<Pick<PlacedCall, 'refused' | 'dropped' | 'heard'>> {
    try {
      return await talk(call, await this.#connect(call), talkTime, signal);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      await call.hangUp();
      return { refused: error.message, heard: [] };
    } finally {
      this.#awaited.delete(call.callId);
    }
  }

  /** The call at the callee, once both sides know that it is answered. */
  async #connect(call: Call): Promise<IncomingCall> {
    const answered = call.whenAnswered();
    const comes = new Promise<IncomingCall>((resolve) => this.#awaited.set(call.callId, resolve));
    const incoming = await within(Promise.race([comes, refusal(answered)]), 'a call to the callee');
    incoming.ring();
    await within(Promise.all([incoming.answer(), answered]), 'the answer and its ACK');
    return incoming;
  }

  /** Somebody else who measures calls may call the same user. */
  #comes(call: IncomingCall): void {
    const take = this.#awaited.get(call.callId);
    if (take) take(call);
    else call.reject(480);
  }
}

/** Settles only when the call is refused. */
async function refusal(answered: Promise<void>): Promise<never> {
  await answered;
  return new Promise(() => {});
}
