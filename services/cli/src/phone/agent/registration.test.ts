import { type Fault, SipRequest } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { Registrar, type RegistrarOptions } from '../fixture/registrar.ts';
import { VirtualWire } from '../fixture/virtual-wire.ts';
import { Registration } from './registration.ts';
import type { AgentOptions } from './user-agent.ts';

/** An agent's registration, a registrar, and what passes between them. */
function start(options: RegistrarOptions = {}, agentOptions: Partial<AgentOptions> = {}) {
  const wire = new VirtualWire();
  const registrar = new Registrar(options);
  const peer = wire.peer('registrar', 'a');
  const requests: SipRequest[] = [];
  const failures: Fault[] = [];
  const agent = wire.agent('a', 'registrar', agentOptions);
  const registration = new Registration(agent.core, { refreshFailed: (fault) => failures.push(fault) });
  let deaf = false;
  const serve = (): void => {
    for (const message of peer.take()) {
      if (!(message instanceof SipRequest) || deaf) continue;
      requests.push(message);
      peer.send(registrar.answer(message));
    }
  };
  const run = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 100) {
      wire.run(100);
      serve();
      await new Promise(setImmediate);
    }
  };
  return {
    registration,
    registrar,
    requests,
    failures,
    /** Whether the registrar answers nothing. */
    deafen: (value: boolean): void => {
      deaf = value;
    },
    run,
    /** Lets time pass until a promise has settled. */
    settle: async <T>(promise: Promise<T>): Promise<T> => {
      let settled = false;
      const watched = promise.finally(() => {
        settled = true;
      });
      watched.catch(() => {});
      while (!settled) await run(100);
      return watched;
    },
  };
}

describe('a registration', () => {
  it('answers the challenge and binds the contact', async () => {
    const { registration, registrar, requests, settle } = start();
    expect(await settle(registration.register(300))).toEqual({ expires: 300 });
    expect(registrar.contacts.get('a')).toBe('sip:a@a.example');
    expect(requests.map(({ cseq, callId }) => [cseq.number, callId])).toEqual([
      [1, requests[0]!.callId],
      [2, requests[0]!.callId],
    ]);
  });

  it('is refreshed before it expires, with the same nonce and the next count', async () => {
    const { registration, registrar, run, settle } = start();
    await settle(registration.register(100));
    await run(110_000);
    expect(registrar.proofs.map(({ nonce, nc }) => [nonce, nc])).toEqual([
      ['nonce-1', '00000001'],
      ['nonce-1', '00000002'],
      ['nonce-1', '00000003'],
    ]);
  });

  it('takes a new nonce when the old one is stale', async () => {
    const { registration, registrar, run, settle } = start({ uses: 1 });
    await settle(registration.register(100));
    await run(55_000);
    expect(registrar.proofs.map(({ nonce, nc }) => [nonce, nc])).toEqual([
      ['nonce-1', '00000001'],
      ['nonce-2', '00000001'],
    ]);
  });

  it('gives up when each nonce is called stale', async () => {
    const { registration, requests, settle } = start({ uses: 0 });
    await expect(settle(registration.register(100))).rejects.toThrow('credentials-refused');
    expect(requests.length).toBe(3);
  });

  it('is refused with a wrong password after one attempt', async () => {
    const { registration, requests, settle } = start({ password: 'other' });
    await expect(settle(registration.register(100))).rejects.toThrow(
      'credentials-refused: sip:a@acme.example: 401 Unauthorized',
    );
    expect(requests.length).toBe(2);
  });

  it('says nothing to a foreign realm', async () => {
    const { registration, requests, settle } = start({ realm: 'evil.example' });
    await expect(settle(registration.register(100))).rejects.toThrow(
      'challenge-foreign: realm "evil.example"',
    );
    expect(requests.some((request) => request.has('Authorization'))).toBe(false);
  });

  it('asks for longer when the interval is too brief', async () => {
    const { registration, settle } = start({ minExpires: 600 });
    expect(await settle(registration.register(60))).toEqual({ expires: 600 });
  });

  it('is tried again when a refresh is not answered', async () => {
    const { registration, registrar, failures, deafen, run, settle } = start({}, { answerWithin: 5_000 });
    await settle(registration.register(60));
    deafen(true);
    await run(36_000);
    expect(failures.map(({ kind }) => kind.code)).toEqual(['proxy-silent']);
    deafen(false);
    await run(3_000);
    expect(registrar.proofs.length).toBe(2);
  });

  it('is made again soon after its connection broke', async () => {
    const { registration, registrar, run, settle } = start();
    await settle(registration.register(3_600));
    registration.flowLost();
    await run(2_500);
    expect(registrar.proofs.length).toBe(2);
  });

  it('is taken back, and not refreshed any more', async () => {
    const { registration, registrar, run, settle } = start();
    await settle(registration.register(60));
    await settle(registration.unregister());
    expect([registrar.contacts.size, registration.active]).toEqual([0, false]);
    await run(100_000);
    expect(registrar.proofs.length).toBe(2);
  });
});
