import { Baresip, type BaresipOptions } from '../harness/baresip.ts';
import type { Host } from '../harness/host.ts';
import type { Network } from '../harness/network.ts';
import { credentials, Sipp } from '../harness/sipp.ts';
import type { PhoneAccount } from '../harness/softphone.ts';
import { Tandem, type Tenant, type User } from '../harness/tandem.ts';

export const domain = 'acme.example';

export function uriOf(user: string): string {
  return `sip:${user}@${domain}`;
}

/** What a test wants otherwise of the tenant. */
export type TenantChanges = Omit<Partial<Tenant>, 'users'>;

/** What a test wants otherwise of a user. */
export type UserChanges = Omit<Partial<User>, 'name'>;

/** The tenant acme with users by name. Each has the password that its phones are given. */
export function acme(users: Readonly<Record<string, UserChanges>>, changes: TenantChanges = {}): Tenant {
  return {
    name: 'acme',
    domains: [domain],
    users: Object.entries(users).map(([name, spec]) => ({ name, password: passwordOf(name), ...spec })),
    ...changes,
  };
}

/** The part of a row of `tandem registrations` that tests look at. */
interface Registration {
  readonly user: string;
  readonly source: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/** A phone that is told apart by its tone, and by its own name when a user has more than one. */
type PhoneOptions = Partial<BaresipOptions> & { readonly name?: string };

/** Tandem for one tenant, and phones of its users, each on a machine of its own. */
export class Office {
  readonly tandem: Tandem;
  readonly #network: Network;

  private constructor(network: Network, tandem: Tandem) {
    this.#network = network;
    this.tandem = tandem;
  }

  /** `flags` are those that Tandem gets besides, for its address. */
  static async open(
    network: Network,
    tenant: Tenant = acme({ 1001: {}, 1002: {} }),
    flags: (address: string) => readonly string[] | Promise<readonly string[]> = () => [],
  ): Promise<Office> {
    const host = await network.host('tandem');
    return new Office(network, await Tandem.start(host, tenant, await flags(host.address)));
  }

  /** A softphone that has not registered yet. */
  async softphone(user: string, { name = `phone-${user}`, ...options }: PhoneOptions = {}): Promise<Baresip> {
    return Baresip.start(await this.#network.host(name), { ...this.account(user), ...options });
  }

  /** What any phone of a user is told. */
  account(user: string): PhoneAccount {
    const { proxy } = this.tandem;
    return { user, password: passwordOf(user), domain, proxy, transport: 'udp', tone: 440 };
  }

  /** A softphone that is registered. */
  async phone(user: string, options?: PhoneOptions): Promise<Baresip> {
    const phone = await this.softphone(user, options);
    await phone.register();
    return phone;
  }

  /** Two phones, of 1001 and 1002, that are registered. */
  async pair(from: PhoneOptions = {}, to: PhoneOptions = {}): Promise<[caller: Baresip, callee: Baresip]> {
    return Promise.all([this.phone('1001', from), this.phone('1002', { tone: 1000, ...to })]);
  }

  /** A machine of a user's that does with one call what a scenario says. `parameters` are those of its Contact. */
  async desk(user: string, scenario: string, parameters = ''): Promise<Sipp> {
    const host = await this.#network.host(`desk-${user}`);
    await this.bind(host, user, parameters);
    return Sipp.start(host, { scenario, calls: 1 });
  }

  /** What `tandem registrations` tells. */
  async registrations(): Promise<Registration[]> {
    return JSON.parse(await this.tandem.ask('registrations', '-o', 'json')) as Registration[];
  }

  /** Who is registered where, such as `1002 10.64.0.4`. */
  async contacts(): Promise<string[]> {
    const rows = await this.registrations();
    return rows.map(({ user, source }) => `${user} ${source.slice(0, source.lastIndexOf(':'))}`);
  }

  /** Registers port 5060 of a host. */
  async bind(host: Host, user: string, parameters = ''): Promise<void> {
    const phone = await Sipp.start(host, {
      scenario: 'register',
      remote: this.tandem.proxy,
      lines: [[user, credentials(user, passwordOf(user))]],
      variables: { parameters },
      calls: 1,
      keys: { domain },
      digestUri: domain,
    });
    await phone.succeed();
  }
}

export function passwordOf(user: string): string {
  return `secret-of-${user}`;
}
