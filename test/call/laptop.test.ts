import { expect } from 'vitest';
import { Baresip, connectPhones } from '../harness/baresip.ts';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { Tandem } from '../harness/tandem.ts';
import { expectTwoTone } from '../harness/two-tone.ts';
import { acme, domain } from './office.ts';

const describe = needs('namespace', 'baresip');

const proxy = '127.0.0.1:5060';
const onLoopback = ['--sip-listen', `udp://${proxy},tcp://${proxy}`, '--rtp-listen', '127.0.0.1:20000-29999'];

describe('two phones on the machine of Tandem, which listens on loopback', () => {
  it.for(['udp', 'tcp'] as const)(
    'talk over %s, though they say that they are at another of its addresses',
    async (transport, { network }) => {
      const host = await network.host('laptop');
      const password = 'secret';
      const tandem = await Tandem.start(host, acme({ 1001: { password }, 1002: { password } }), onLoopback);
      const [alice, bob] = await Promise.all(
        [440, 1000].map(async (tone, seat) => {
          const user = `100${seat + 1}`;
          const phone = await Baresip.start(host, { user, password, domain, proxy, transport, tone, seat });
          await phone.register();
          return phone;
        }),
      );
      await connectPhones(alice!, bob!);
      await expectTwoTone(alice!, bob!);
      await bob!.hangup();
      expect(await tandem.logged('call ended')).toMatchObject({ releasedBy: 'callee', outcome: 'success' });
    },
  );
});
