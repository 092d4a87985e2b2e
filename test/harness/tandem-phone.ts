import { type Call, type IncomingCall, Phone, type PhoneOptions, Recording, tone } from '@tandem/cli/phone';
import { hostPort } from '@tandem/platform';
import type { Wav } from '@tandem/rtp';
import { Inbox } from './inbox.ts';
import type { Network } from './network.ts';
import type { PhoneAccount, Softphone } from './softphone.ts';

/** Tandem's own phone, in the test process: says its tone, records what it hears, does what it is told. */
export class TandemPhone implements Softphone {
  readonly host: Softphone['host'];
  readonly uri: string;
  readonly tone: number;
  answeredAt: number | undefined;
  readonly #phone: Phone;
  readonly #calls: Inbox<IncomingCall>;
  #call: Call | undefined;
  #recording = new Recording();

  private constructor(phone: Phone, { user, domain, tone: frequency }: PhoneAccount) {
    this.host = { name: `tandem phone ${user}`, address: phone.address.host };
    this.uri = `sip:${user}@${domain}`;
    this.tone = frequency;
    this.#phone = phone;
    this.#calls = new Inbox(this.host.name, ({ caller }) => caller);
    phone.on('incoming', (call) => this.#rings(call));
  }

  /** Opens it on the network's gateway, and closes it with the network. */
  static async start(
    network: Network,
    account: PhoneAccount & Pick<PhoneOptions, 'security' | 'local'>,
  ): Promise<TandemPhone> {
    const { user, domain, password, proxy, security, transport, local = { host: network.gateway } } = account;
    const { host, port } = hostPort.parse(proxy);
    const phone = await Phone.open({
      account: { user, domain, password },
      proxy: { transport, host, port },
      local,
      security,
    });
    network.attach(() => phone.close());
    return new TandemPhone(phone, account);
  }

  async register(): Promise<void> {
    await this.#phone.register();
  }

  async unregister(): Promise<void> {
    await this.#phone.unregister();
  }

  async dial(uri: string): Promise<void> {
    this.#begin(await this.#phone.call(uri));
  }

  async incoming(): Promise<string> {
    const call = await this.#calls.take('call', () => true);
    this.#begin(call);
    return call.caller;
  }

  async accept(): Promise<void> {
    const call = this.#call as IncomingCall;
    await call.answer();
  }

  async established(): Promise<void> {
    await this.#call?.whenAnswered();
    this.answeredAt = performance.now();
  }

  async hangup(): Promise<void> {
    await this.#call?.hangUp();
  }

  async closed(): Promise<string> {
    const ending = await this.#call?.whenEnded();
    return `${ending?.status} ${ending?.reason}`;
  }

  async recording(): Promise<Wav> {
    return this.#recording.wav;
  }

  #rings(call: IncomingCall): void {
    call.ring();
    this.#calls.put(call);
  }

  #begin(call: Call): void {
    this.#call = call;
    this.answeredAt = undefined;
    this.#recording = new Recording();
    call.audio.play(tone(this.tone));
    call.audio.listen(this.#recording);
  }
}
