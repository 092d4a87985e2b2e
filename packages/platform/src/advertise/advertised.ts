import { isDeepStrictEqual } from 'node:util';
import { Fault } from '@tandem/sip';
import type { Log } from '../log.ts';
import type { Family } from './family.ts';
import { type Askable, type FoundAddress, findAddresses } from './find.ts';
import { type AddressSource, isGiven } from './source.ts';

/** Addresses that a setting asks for. */
export interface WantedAddresses {
  /** The variable, for messages. */
  readonly setting: string;
  readonly sources: readonly AddressSource[];
  readonly families: ReadonlySet<Family>;
}

/** What the addresses of a setting are found and told with. */
export interface AdvertisedOptions {
  readonly log: Log;
  /** Throws a Fault when what has been found must not be told. */
  readonly check: (found: readonly FoundAddress[]) => void;
  readonly askable?: Askable;
}

/** The addresses of one setting, looked at again from time to time. */
export class AdvertisedAddresses {
  readonly #wanted: WantedAddresses;
  readonly #options: AdvertisedOptions;
  #found: readonly FoundAddress[];
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isSilent = false;

  private constructor(wanted: WantedAddresses, options: AdvertisedOptions, found: readonly FoundAddress[]) {
    this.#wanted = wanted;
    this.#options = options;
    this.#found = found;
  }

  /** Finds them. Rejects with a Fault that names the setting when there is none, or what `check` throws. */
  static async open(wanted: WantedAddresses, options: AdvertisedOptions): Promise<AdvertisedAddresses> {
    const found = await find(wanted, options);
    options.check(found);
    tell(options.log, wanted, found, 'advertised address');
    return new AdvertisedAddresses(wanted, options, found);
  }

  get found(): readonly FoundAddress[] {
    return this.#found;
  }

  /** Looks again every so many milliseconds from now on, and calls with what is there when it is something else. */
  follow(every: number, changed: (found: readonly FoundAddress[]) => void): void {
    if (this.#wanted.sources.every(isGiven)) return;
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.look(changed));
    }, every);
  }

  /** Looks once; what was found before stays when nothing is found. */
  async look(changed: (found: readonly FoundAddress[]) => void): Promise<void> {
    const { log } = this.#options;
    try {
      const found = await find(this.#wanted, this.#options);
      this.#isSilent = false;
      if (isDeepStrictEqual(hostsOf(found), hostsOf(this.#found))) return;
      this.#options.check(found);
      this.#found = found;
      tell(log, this.#wanted, found, 'advertised address has changed');
      changed(found);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      // Said once.
      if (!this.#isSilent)
        log.warn({ err: error, setting: this.#wanted.setting }, 'advertised address not found again');
      this.#isSilent = true;
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }
}

async function find(
  { setting, sources, families }: WantedAddresses,
  { askable }: AdvertisedOptions,
): Promise<readonly FoundAddress[]> {
  try {
    return await findAddresses(sources, families, askable);
  } catch (error) {
    if (error instanceof Fault) throw new Fault(error.kind, `${setting}: ${error.detail}`, { cause: error });
    throw error;
  }
}

function hostsOf(found: readonly FoundAddress[]): string[] {
  return found.map(({ host }) => host);
}

function tell(log: Log, { setting }: WantedAddresses, found: readonly FoundAddress[], text: string): void {
  for (const { host, by } of found) log.info({ setting, address: host, by }, text);
}
