import { expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { it } from './fixture.ts';
import { needs } from './needs.ts';
import { Wire } from './wire.ts';

const describe = needs('namespace', 'baresip');

function options(wire: Wire, transport: string, user: string): string {
  return [
    `OPTIONS sip:${user}@phone.example SIP/2.0`,
    `Via: SIP/2.0/${transport} ${wire.local};branch=z9hG4bK-${user};rport`,
    'From: <sip:test@phone.example>;tag=1',
    `To: <sip:${user}@phone.example>`,
    `Call-ID: ${user}`,
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}

describe('a wire', () => {
  it.for(['udp', 'tcp'] as const)(
    'sends and receives over %s, and knows silence',
    async (transport, { network }) => {
      const bob = await Baresip.start(await network.host('bob'), { user: 'bob', tone: 440 });
      const wire = await Wire[transport](network.gateway, bob.host.address);
      const bytes = options(wire, transport.toUpperCase(), 'bob');
      wire.send('\r\n\r\n');
      await wire.silent();
      wire.send(bytes);
      expect((await wire.receive('SIP/2.0 200')).header('Call-ID')).toBe('bob');
      await wire.silent();
      wire.send(Buffer.from(options(wire, transport.toUpperCase(), 'nobody')));
      await expect(wire.silent()).rejects.toThrow('expected silence, heard SIP/2.0 404 Not Found');
      wire.close();
    },
  );
});
