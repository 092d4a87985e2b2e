import type { Network } from '../../harness/network.ts';
import { nextAccount } from '../../wire/acme.ts';
import type { Account } from '../../wire/phone.ts';
import { Agent, type AgentOptions } from './agent.ts';
import { Conversation } from './conversation.ts';

interface Pair {
  readonly caller: Agent;
  readonly callee: Agent;
}

export interface PartyOptions extends Pick<AgentOptions, 'rate' | 'answers'> {
  /** Whose they are, one after another. */
  readonly account?: () => Account;
}

/** Agents in pairs in the test process, the callees registered. */
export class Party {
  readonly #pairs: readonly Pair[];
  isOpen: boolean = true;
  #next = 0;

  private constructor(pairs: readonly Pair[]) {
    this.#pairs = pairs;
  }

  /** Opens them on a network; all that they send goes to `proxy`, `address:port`. */
  static async open(
    { network, proxy }: { readonly network: Network; readonly proxy: string },
    pairs: number,
    { rate = 'sparse', answers = true, account = nextAccount }: PartyOptions = {},
  ): Promise<Party> {
    const host = network.gateway;
    const open = () => Agent.open({ account: account(), host, proxy, rate, answers });
    const opened = await Promise.all(
      Array.from({ length: pairs }, async () => ({ caller: await open(), callee: await open() })),
    );
    await Promise.all(opened.map(({ callee }) => callee.register()));
    const party = new Party(opened);
    network.attach(async () => party.close());
    return party;
  }

  get agents(): readonly Agent[] {
    return this.#pairs.flatMap(({ caller, callee }) => [caller, callee]);
  }

  /** How many sides of calls are up. */
  get up(): number {
    return this.agents.reduce((total, { legs }) => total + legs.size, 0);
  }

  /** How many calls ring. */
  get ringing(): number {
    return this.agents.reduce((total, { ringing }) => total + ringing, 0);
  }

  /** What peers did wrong. */
  get complaints(): readonly string[] {
    return this.agents.flatMap(({ complaints }) => complaints);
  }

  /** One more call, of the next pair. */
  async call(): Promise<Conversation> {
    const { caller, callee } = this.#pairs[this.#next++ % this.#pairs.length]!;
    return Conversation.begin(caller, callee);
  }

  /** Brings so many calls up, a few at a time. */
  async hold(count: number, atOnce = 10): Promise<Conversation[]> {
    const calls: Conversation[] = [];
    let begun = 0;
    const worker = async () => {
      while (begun++ < count) calls.push(await this.call());
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return calls;
  }

  close(): void {
    this.isOpen = false;
    for (const agent of this.agents) agent.close();
  }
}
