import { randomBytes } from 'node:crypto';
import type { trunk as contract, edge } from '@tandem/contract';
import type { Log, TrunkStore } from '@tandem/platform';
import { lineToken, type Snapshot, type Trunk } from '@tandem/resource';
import { Fault, type HmacKey } from '@tandem/sip';
import { checkTrunk } from './check/check.ts';
import { type Condition, conditionsOf, isVerified, type Known } from './conditions.ts';
import { type Delivery, delivered, deliveryRequest, firstDelivery } from './delivery.ts';
import { type ContactHealth, isAlive, newHealth, probed, probePatience } from './health.ts';
import { concluded, isRegistered, type Login, newLogin, renewed } from './login.ts';
import { optionsTo } from './options.ts';
import { Registrar } from './registrar.ts';
import { nameOf, readState, type Sighting, type TrunkState, writeState } from './state.ts';
import { type RegistrationTarget, registrationTarget } from './target.ts';
import { type Edges, unanswered } from './uses/edges.ts';

/** What a keeper stands on. */
export interface KeeperParts {
  readonly node: string;
  readonly edges: Pick<Edges, 'ask' | 'look' | 'serves'>;
  readonly store: TrunkStore;
  readonly lineKey: HmacKey;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Told of each condition that has changed. */
  readonly changed: (state: TrunkState, condition: Condition) => void;
  /** Told which contacts are out of service: when that changes, and from time to time. */
  readonly health: (state: TrunkState) => void;
}

/** Milliseconds between two times that the health of contacts is told: a router that comes later learns it. */
const healthInterval = 10_000;

/** Keeps the login of one trunk, and asks its contacts whether they are there, for as long as this node owns it. */
export class TrunkKeeper {
  readonly #parts: KeeperParts;
  #trunk: Trunk;
  #target: RegistrationTarget | undefined;
  #registrar: Registrar | undefined;
  #login: Login | undefined;
  #contacts: readonly ContactHealth[] = [];
  #inbound: Sighting | undefined;
  #stranger: Sighting | undefined;
  #delivery: Delivery | undefined;
  #isDelivering = false;
  #check: Promise<contract.Step[]> | undefined;
  #conditions: readonly Condition[] = [];
  #registering: Promise<void> | undefined;
  #toldAt = 0;
  readonly #probing = new Set<string>();
  #isClosed = false;

  private constructor(parts: KeeperParts, trunk: Trunk) {
    this.#parts = parts;
    this.#trunk = trunk;
  }

  /** Goes on with what another node has left. Rejects when the store is away. */
  static async take(parts: KeeperParts, trunk: Trunk): Promise<TrunkKeeper> {
    const keeper = new TrunkKeeper(parts, trunk);
    const text = await parts.store.read(nameOf(namesOf(trunk)));
    const known = text === undefined ? undefined : readState(text);
    keeper.#login = known?.login;
    keeper.#inbound = known?.inbound;
    keeper.#delivery = known?.delivery;
    keeper.#stranger = known?.stranger;
    keeper.#conditions = known?.conditions ?? [];
    keeper.#contacts = known?.contacts ?? [];
    keeper.configure(trunk);
    // Whoever wants to know something of the trunk asks the node that is named there.
    await keeper.#save();
    return keeper;
  }

  get state(): TrunkState {
    const { node, now } = this.#parts;
    return {
      ...namesOf(this.#trunk),
      owner: node,
      at: now(),
      login: this.#login,
      contacts: this.#contacts,
      inbound: this.#inbound,
      stranger: this.#stranger,
      delivery: this.#delivery,
      conditions: this.#conditions,
    };
  }

  /** Takes a trunk as it is configured now. What was registered under another name there is taken back. */
  configure(trunk: Trunk): void {
    const { lineKey, now, random } = this.#parts;
    const before = { target: this.#target, registrar: this.#registrar, login: this.#login };
    const isOther = isOtherLogin(this.#trunk, trunk);
    this.#trunk = trunk;
    this.#target = registrationTarget(trunk);
    if (!this.#registrar || isOther) {
      const { tenant, trunk: name } = namesOf(trunk);
      const token = lineToken(lineKey, tenant, name);
      const sending = (sequence: number): Promise<void> => this.#sending(sequence);
      const parts = { edges: this.#parts.edges, now, sending };
      this.#registrar = this.#target && new Registrar(parts, trunk, this.#target, token);
      if (before.login && isOther && isRegistered(before.login, now())) void this.#withdraw(before);
      if (isOther && this.#target && this.#login)
        this.#login = { ...renewed(this.#login, now()), failures: 0 };
    }
    this.#login = this.#target && (this.#login ?? freshLogin(trunk, now()));
    this.#contacts = healthOf(trunk, this.#contacts, now(), random());
    this.#review();
  }

  /** Does what is due. */
  tick(): void {
    const now = this.#parts.now();
    if (this.#isClosed) return;
    if (this.#login && this.#isDue(this.#login, now)) void this.#register();
    if (this.#isDeliveryDue(now)) void this.#deliver();
    for (const health of this.#contacts) {
      if (health.dueAt <= now && !this.#probing.has(health.uri)) void this.#probe(health);
    }
    if (this.#contacts.length > 0 && now - this.#toldAt >= healthInterval) this.#tellHealth(now);
    this.#review();
  }

  /** Whether a token is that of its registration. */
  hasLine(line: string): boolean {
    const { tenant, trunk } = namesOf(this.#trunk);
    return this.#target !== undefined && lineToken(this.#parts.lineKey, tenant, trunk) === line;
  }

  /** Looks at each part of it, one after the other; who asks meanwhile is told the same. */
  check(snapshot: Snapshot): Promise<contract.Step[]> {
    const { edges } = this.#parts;
    this.#check ??= checkTrunk({
      ...{ trunk: this.#trunk, target: this.#target, snapshot, edges, edge: this.#login?.edge ?? '' },
      now: this.#parts.now,
      refresh: () => this.#refresh(),
      deliver: () => this.#deliver(),
      conditions: () => this.#conditions,
    }).finally(() => {
      this.#check = undefined;
    });
    return this.#check;
  }

  /** Something has come from the trunk; or to its Contact, from where it may not. */
  sighted(sighting: Sighting): void {
    if (sighting.isUnlisted) this.#stranger = sighting;
    else this.#inbound = sighting;
    this.#review();
  }

  /** Nothing is sent any more; another node goes on. */
  close(): void {
    this.#isClosed = true;
  }

  /** The trunk is no more: what was registered is taken back. */
  async remove(): Promise<void> {
    this.close();
    const { log, now, store } = this.#parts;
    const { login, registrar } = { login: this.#login, registrar: this.#registrar };
    if (login && isRegistered(login, now())) await this.#withdraw({ login, registrar });
    await store
      .remove(nameOf(namesOf(this.#trunk)))
      .catch((err: unknown) => log.warn({ err }, 'what was known of a trunk is still in the store'));
  }

  #tellHealth(now: number): void {
    this.#toldAt = now;
    this.#parts.health(this.state);
  }

  /** Also when the edge that it was made by is gone: calls to its address would arrive nowhere. */
  #isDue(login: Login, now: number): boolean {
    const isStranded = login.failures === 0 && !this.#parts.edges.serves(login.edge);
    return login.dueAt <= now || (isStranded && isRegistered(login, now));
  }

  /** One attempt at a time. */
  #register(): Promise<void> {
    this.#registering ??= this.#attempt().finally(() => {
      this.#registering = undefined;
    });
    return this.#registering;
  }

  async #attempt(): Promise<void> {
    const { log, random } = this.#parts;
    const [login, registrar, trunk] = [this.#login!, this.#registrar!, this.#trunk];
    try {
      const attempt = await registrar.attempt(login, login.asked);
      if (this.#isClosed || registrar !== this.#registrar || !this.#login) return;
      const pace = { retry: trunk.registration!.retry, random: random() };
      this.#login = concluded(this.#login, attempt, pace);
      this.#review();
      await this.#save();
    } catch (err) {
      log.error({ err, trunk: nameOf(namesOf(trunk)) }, 'a registration has failed in an unforeseen way');
      if (this.#login) this.#login = { ...this.#login, dueAt: this.#parts.now() + 10_000 };
    }
  }

  /** Registers anew, unless the registrar wants to be left alone; the login as it is then, undefined where none is wanted. */
  async #refresh(): Promise<Login | undefined> {
    const { restsUntil = 0 } = this.#login ?? {};
    if (this.#login && restsUntil <= this.#parts.now()) await this.#register();
    return this.#login;
  }

  #isDeliveryDue(now: number): boolean {
    const login = this.#login;
    if (!login || this.#isDelivering || !isRegistered(login, now)) return false;
    if (isVerified({ login, inbound: this.#inbound }, now)) return false;
    const dueAt = this.#delivery && this.#delivery.at >= login.since ? this.#delivery.dueAt : 0;
    return Math.max(dueAt, login.since + firstDelivery) <= now;
  }

  /** Has the registrar pass something on to us. */
  async #deliver(): Promise<Delivery | undefined> {
    const [login, target] = [this.#login, this.#target];
    if (!login || !target) return undefined;
    this.#isDelivering = true;
    const request = deliveryRequest(this.#trunk, target);
    const answer = await this.#ask(request, login.edge).finally(() => {
      this.#isDelivering = false;
    });
    const before = this.#delivery && this.#delivery.at >= login.since ? this.#delivery : undefined;
    this.#delivery = delivered(before, answer, this.#parts.now());
    this.#review();
    return this.#delivery;
  }

  /** Does not reject with a Fault. */
  async #ask(request: edge.Ask, preferred: string): Promise<edge.Answer> {
    try {
      return (await this.#parts.edges.ask(request, preferred)).answer;
    } catch (error) {
      if (error instanceof Fault) return unanswered(error);
      throw error;
    }
  }

  async #sending(sequence: number): Promise<void> {
    if (this.#login) this.#login = { ...this.#login, sequence };
    await this.#save();
  }

  async #withdraw({
    login,
    registrar,
  }: {
    login: Login | undefined;
    registrar: Registrar | undefined;
  }): Promise<void> {
    if (!login || !registrar) return;
    const { log } = this.#parts;
    const { tenant, trunk } = namesOf(this.#trunk);
    try {
      const { problem } = { problem: undefined, ...(await registrar.attempt(login, 0)) };
      if (problem) log.warn({ tenant, trunk, ...problem }, 'a registration was not taken back');
      else log.info({ tenant, trunk }, 'a registration was taken back');
    } catch (err) {
      log.warn({ err, tenant, trunk }, 'a registration was not taken back');
    }
  }

  async #probe(health: ContactHealth): Promise<void> {
    const { edges, now } = this.#parts;
    const { uri } = health;
    this.#probing.add(uri);
    const startedAt = now();
    try {
      const { answer, edge } = await edges.ask(
        optionsTo(this.#trunk, uri, probePatience(this.#trunk.probe)),
        this.#login?.edge ?? '',
      );
      this.#probed(uri, startedAt, answer);
      this.#moved(edge, answer);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      // That no edge can be asked says nothing of the contact.
      this.#contacts = this.#contacts.map((each) =>
        each.uri === uri ? { ...each, dueAt: now() + this.#trunk.probe.interval * 1_000 } : each,
      );
    } finally {
      this.#probing.delete(uri);
    }
  }

  #probed(uri: string, startedAt: number, { status, reason, fault, detail, peer }: edge.Answer): void {
    const at = this.#parts.now();
    const said = reason === '' ? fault || `no answer from ${peer}` : `${status} ${reason}`;
    const result = {
      ...{ at, latency: at - startedAt, isAlive: isAlive(status, reason) },
      said: detail ? `${said}: ${detail}`.slice(0, 300) : said,
    };
    const before = this.#contacts.find((each) => each.uri === uri);
    if (this.#isClosed || !before) return;
    const after = probed(before, result, this.#trunk.probe);
    this.#contacts = this.#contacts.map((each) => (each.uri === uri ? after : each));
    this.#review();
    if (after.state === before.state) return;
    this.#tellHealth(at);
    void this.#save();
  }

  /** The address that we are seen from has changed: what the registrar knows leads nowhere. */
  #moved(edge: string, { seen, peer }: edge.Answer): void {
    const login = this.#login;
    if (!login || seen === '' || login.seen === '' || edge !== login.edge || peer !== login.peer) return;
    if (seen !== login.seen) this.#login = renewed(login, this.#parts.now());
  }

  get #known(): Known {
    const known = { login: this.#login, contacts: this.#contacts };
    return { ...known, inbound: this.#inbound, delivery: this.#delivery, stranger: this.#stranger };
  }

  /** Tells of conditions that have changed. */
  #review(): void {
    const before = this.#conditions;
    this.#conditions = conditionsOf(this.#trunk, this.#known, this.#parts.now(), before);
    const changed = this.#conditions.filter((condition) => !before.some((each) => isSame(each, condition)));
    for (const condition of changed) this.#parts.changed(this.state, condition);
    if (changed.length > 0) void this.#save();
  }

  async #save(): Promise<void> {
    const { log, store } = this.#parts;
    if (this.#isClosed) return;
    const { state } = this;
    await store
      .write(nameOf(state), writeState(state))
      .catch((err: unknown) => log.warn({ err, trunk: nameOf(state) }, 'a login is not in the store yet'));
  }
}

function isSame(one: Condition, other: Condition): boolean {
  return one.type === other.type && one.status === other.status && one.reason === other.reason;
}

function namesOf({ name, tenant }: Trunk): Pick<TrunkState, 'tenant' | 'trunk'> {
  return { tenant: tenant.name, trunk: name };
}

function freshLogin({ registration }: Trunk, now: number): Login {
  const [callId, tag] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return newLogin(callId, tag, registration!.expires, now);
}

/** Contacts that are asked, the first time spread over an interval; of those that were known the health stays. */
function healthOf(
  { contacts, enabled, probe }: Trunk,
  known: readonly ContactHealth[],
  now: number,
  random: number,
): readonly ContactHealth[] {
  if (!enabled || probe.interval === 0) return [];
  return contacts.map((uri, index) => {
    const before = known.find((each) => each.uri === uri);
    const spread = ((random + index / contacts.length) % 1) * Math.min(probe.interval * 1_000, 2_000);
    return before ?? newHealth(uri, now + Math.round(spread));
  });
}

/** Whether another login is wanted, or the same one with other credentials. */
function isOtherLogin(one: Trunk, other: Trunk): boolean {
  return loginOf(one) !== loginOf(other);
}

function loginOf(trunk: Trunk): string {
  const { auth, endpoint, registration } = trunk;
  const secret = auth && [auth.username, auth.password.reveal(), auth.realm];
  return JSON.stringify([
    registrationTarget(trunk),
    secret,
    registration,
    endpoint.headers,
    endpoint.fromDomain,
  ]);
}
