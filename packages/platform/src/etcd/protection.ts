import type { EtcdAddress } from './address.ts';
import { addRole, addUser, changePassword, enableAuthentication, grantRole, type Method } from './method.ts';

/** Asks a server of etcd, without a token. */
type Ask = <Q, A>(method: Method<Q, A>, request: Q) => Promise<A>;

const isThere = /already exists/;
/** What etcd says to whoever shows no token, once it asks for one. */
const asksForToken = /user name is empty/;
/** The user, and its role, that etcd has to have before it asks for passwords. */
const root = 'root';
/** Attempts after which whoever has begun is taken to have stopped half-way: about a second. */
const patience = 5;

/** Has an etcd that everybody may use ask for the password of `root`, whichever of several nodes begins. */
export class Protection {
  #attempts = 0;

  /** Rejects when another node seems to be at it: then it is to be tried again. */
  async add(ask: Ask, { name, password }: NonNullable<EtcdAddress['user']>): Promise<void> {
    if (name !== root) throw new Error(`only the user ${root} can have it ask for passwords, not ${name}`);
    const user = { name, password: password.reveal() };
    try {
      await unlessThere(ask(addRole, { name: root }));
      if (!(await unlessThere(ask(addUser, user)))) await this.#takeOver(ask, user);
      await ask(grantRole, { user: root, role: root });
      await ask(enableAuthentication, {});
    } catch (error) {
      // Another node was faster.
      if (!asksForToken.test((error as Error).message)) throw error;
    }
  }

  /** Not at once: each password costs etcd a tenth of a second, in which it does nothing else. */
  async #takeOver(ask: Ask, user: { readonly name: string; readonly password: string }): Promise<void> {
    if (++this.#attempts < patience) throw new Error('another node is giving it a password');
    await ask(changePassword, user);
  }
}

/** Whether it was done now. */
async function unlessThere(done: Promise<unknown>): Promise<boolean> {
  try {
    await done;
    return true;
  } catch (error) {
    if (isThere.test((error as Error).message)) return false;
    throw error;
  }
}
