import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished } from 'vitest';
import { needs } from '../harness/needs.ts';
import { it } from './fixture.ts';
import { address } from './tiers.ts';

const describe = needs('namespace');

describe('the SIP port over UDP', () => {
  it('tells a phone that asks by STUN where it is seen, and serves SIP as before', async ({
    tiers: open,
  }) => {
    const edge = address(11);
    const tiers = await open();
    await tiers.edge('edge-1', edge);
    const socket = createSocket('udp4');
    onTestFinished(() => void socket.close());
    await once(socket.bind(0, address(1)), 'listening');
    socket.send(Buffer.from('000100002112a442b7e7a701bc34d686fa87dfae', 'hex'), 5060, edge);
    const [answer] = (await once(socket, 'message')) as [Buffer];
    expect(answer.toString('hex', 0, 20)).toBe('0101000c2112a442b7e7a701bc34d686fa87dfae');
    expect(answer.readUInt16BE(26) ^ 0x2112).toBe(socket.address().port);
    await (await tiers.phone(edge)).wire.silent();
  });

  it('says nothing to keep-alives that ask for nothing', async ({ tiers: open }) => {
    const edge = address(11);
    const tiers = await open();
    await tiers.edge('edge-1', edge);
    const { wire } = await tiers.phone(edge);
    for (const octets of ['\r\n\r\n', '\r\n', '\0']) wire.send(octets);
    await wire.silent();
  });
});
