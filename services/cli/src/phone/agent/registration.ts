import { Fault, type SipResponse, sameUri } from '@tandem/sip';
import { addressOfRecord } from '../account.ts';
import { credentialsRefused, registrationRefused } from '../faults.ts';
import { ClientRequest } from './client-request.ts';
import { type AgentCore, initialRequest, token } from './core.ts';
import { Deadline } from './deadline.ts';
import { Digest } from './digest.ts';

/** What a registrar has granted. */
export interface Registered {
  /** Seconds for which the contact is bound. */
  readonly expires: number;
}

/** What a registration tells after it was made. */
export interface RegistrationListener {
  /** It could not be refreshed; it is tried again. */
  refreshFailed(fault: Fault): void;
}

/** Milliseconds from a refresh that failed, or a connection that broke, to the next. */
const retryDelay = 2_000;
/** Milliseconds before the end at which a long registration is refreshed: enough for a request that is lost. */
const margin = 60_000;

/** The binding of one contact (RFC 3261 §10.2), kept alive. */
export class Registration {
  readonly #core: AgentCore;
  readonly #listener: RegistrationListener;
  readonly #digest: Digest;
  readonly #callId = token();
  readonly #tag = token();
  readonly #refresh: Deadline;
  #sequence = 0;
  /** Seconds that are asked for; 0 when there is no registration to keep. */
  #wanted = 0;
  /** §10.2: one REGISTER after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(core: AgentCore, listener: RegistrationListener) {
    this.#core = core;
    this.#listener = listener;
    this.#digest = new Digest(core.account);
    this.#refresh = new Deadline(core.layer.wheel, () => this.#renew());
  }

  /** Whether there is, or may soon be, something to take back. */
  get active(): boolean {
    return this.#wanted > 0;
  }

  /** Binds the contact for `expires` seconds, again and again. Rejects with a Fault. */
  register(expires: number): Promise<Registered> {
    this.#wanted = expires;
    return this.#next(async () => {
      try {
        return await this.#bind(expires);
      } catch (error) {
        this.stop();
        throw error;
      }
    });
  }

  /** Removes the contact. */
  async unregister(): Promise<void> {
    await this.#next(async () => {
      this.stop();
      accepted(await this.#send(0), this.#core);
    });
  }

  /** The connection that the registration was made over is gone. */
  flowLost(): void {
    if (this.active) this.#refresh.set(this.#core.clock() + retryDelay);
  }

  /** Keeps it alive no more. */
  stop(): void {
    this.#wanted = 0;
    this.#refresh.cancel();
  }

  async #bind(expires: number): Promise<Registered> {
    let response = await this.#send(expires);
    const least = Number(response.value('Min-Expires'));
    // §10.2.8
    if (response.status === 423 && least > expires) response = await this.#send(least);
    accepted(response, this.#core);
    const granted = this.#granted(response) ?? expires;
    this.#refresh.set(this.#core.clock() + Math.max(granted * 500, granted * 1_000 - margin));
    return { expires: granted };
  }

  #renew(): void {
    const renewal = this.#next(async () => {
      if (this.active) await this.#bind(this.#wanted);
    });
    renewal.catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      this.#refresh.set(this.#core.clock() + retryDelay);
      this.#listener.refreshFailed(error);
    });
  }

  #next<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#last.then(run);
    this.#last = result.catch(() => {});
    return result;
  }

  #send(expires: number): Promise<SipResponse> {
    const { account, contact } = this.#core;
    const write = (via: string): string =>
      initialRequest(this.#core, {
        method: 'REGISTER',
        uri: `sip:${account.domain}`,
        to: addressOfRecord(account),
        via,
        tag: this.#tag,
        callId: this.#callId,
        sequence: ++this.#sequence,
        headers: [['Contact', `<${contact}>;expires=${expires}`]],
      });
    return new Promise((resolve, reject) => {
      const content = { method: 'REGISTER', digest: this.#digest, write };
      new ClientRequest(this.#core, content, { final: resolve, failed: reject }).start();
    });
  }

  /** §10.2.4: the seconds of our own contact, or of all. */
  #granted(response: SipResponse): number | undefined {
    const own = response.contacts.find(({ uri }) => sameUri(uri, this.#core.contact));
    const text = own?.params.get('expires') ?? response.value('Expires');
    const seconds = Number(text ?? Number.NaN);
    return seconds > 0 ? seconds : undefined;
  }
}

function accepted({ status, reason }: SipResponse, { account }: AgentCore): void {
  if (status < 300) return;
  const who = addressOfRecord(account);
  if (status === 401 || status === 407) throw new Fault(credentialsRefused, `${who}: ${status} ${reason}`);
  throw new Fault(registrationRefused, `${who}: ${status} ${reason}`);
}
