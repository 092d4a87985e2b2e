import { expect } from 'vitest';
import type { Message } from '../harness/message.ts';
import { needs } from '../harness/needs.ts';
import { domain } from './acme.ts';
import { it } from './fixture.ts';
import { logged } from './log.ts';
import type { Account, Phone } from './phone.ts';
import { statusOf } from './reply.ts';
import { fresh } from './request.ts';

const describe = needs('namespace');

/** Accounts that fail to register, by what only the log tells of it. */
function failing(account: Account): Record<string, Account> {
  return {
    'account-unknown': { ...account, user: 'x'.repeat(account.user.length) },
    'wrong-password': { ...account, password: 'wrong' },
    'wrong-domain': { ...account, domain: 'unknown.test' },
    'wrong-realm': account,
  };
}

/** A REGISTER of an account; it may be sent again and again. */
function registerAs(phone: Phone, { user, domain }: Account, Authorization?: string): Message {
  const party = `<sip:${user}@${domain}>`;
  const headers = { From: `${party};tag=${fresh()}`, To: party, Authorization };
  return phone.request('REGISTER', `sip:${domain}`, headers);
}

/** The Authorization that answers a challenge to an account. */
async function authorize(phone: Phone, account: Account): Promise<string> {
  const request = registerAs(phone, account);
  const challenge = await phone.ask(request);
  expect(statusOf(challenge)).toBe(401);
  return String(phone.credentials(challenge, request, 1, account).Authorization);
}

/** What is left of a response without that which differs between any two: the length of each part. */
function shapeOf({ text }: Message, { user, domain }: Account): string {
  return text
    .replaceAll(`${user}@${domain}`, 'user@domain')
    .replaceAll(`realm="${domain}"`, 'realm')
    .replace(
      /(;branch=|;tag=|nonce="|^Call-ID: )([^;"\r]+)/gm,
      (_, name: string, value: string) => `${name}${value.length}`,
    );
}

describe('a registration that fails', () => {
  it('looks the same whatever is wrong: only the log tells', async ({ live: { tandem }, phone }) => {
    const sender = await phone();
    const shapes = new Set<string>();
    for (const [fault, account] of Object.entries(failing(sender.account))) {
      const right = await authorize(sender, account);
      const authorization = fault === 'wrong-realm' ? right.replace(domain, 'elsewhere.test') : right;
      const request = registerAs(sender, account, authorization);
      shapes.add(shapeOf(await sender.ask(request), account));
      expect(await logged(tandem, request, (line) => line.fault !== undefined)).toMatchObject({ fault });
    }
    expect([...shapes]).toHaveLength(1);
  });

  it('in a domain that nobody has tells the log which there are', async ({ live: { tandem }, phone }) => {
    const sender = await phone();
    const request = registerAs(sender, { ...sender.account, domain: '192.0.2.77' });
    expect(statusOf(await sender.ask(request))).toBe(401);
    expect(await logged(tandem, request, ({ fault }) => fault === 'wrong-domain')).toMatchObject({
      msg: expect.stringContaining(`192.0.2.77 is no domain of a tenant, expected ${domain}`) as string,
    });
  });

  it('looks the same without credentials, too', async ({ phone }) => {
    const sender = await phone();
    const shapes = Object.values(failing(sender.account)).map(async (account) =>
      shapeOf(await sender.ask(registerAs(sender, account)), account),
    );
    expect(new Set(await Promise.all(shapes)).size).toBe(1);
  });
});
