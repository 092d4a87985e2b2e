import { expect, vi } from 'vitest';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { Front } from './front.ts';

const describe = needs('namespace');

/** One hop that is broken: what is done to the machine before the system, and what a doctor outside says. */
interface Broken {
  readonly name: string;
  readonly script: (front: Front) => readonly string[];
  readonly says: readonly RegExp[];
}

const sip = (front: Front) => [front.leads('udp', '5060'), front.leads('tcp', '5060')];
const rtp = (front: Front) => [front.leads('udp', '20000:20099')];

const broken: readonly Broken[] = [
  {
    name: 'nothing leads UDP in',
    script: (front) => [front.leads('tcp', '5060'), ...rtp(front)],
    says: [
      /udp:\/\/\S+ +failed +UDP to \S+:5060 does not arrive, TCP does \[address: The Service of UDP is missing/,
    ],
  },
  {
    name: 'UDP is dropped before it',
    script: ({ ways }) => [...ways, 'iptables -w -t raw -A PREROUTING -i eth0 -p udp --dport 5060 -j DROP'],
    says: [/UDP to \S+:5060 does not arrive, TCP does/],
  },
  {
    name: 'nothing leads SIP in',
    script: rtp,
    says: [
      /tcp:\/\/\S+ +failed +proxy-unreachable.*Nothing leads from there to an edge/,
      /udp:\/\/\S+ +failed +OPTIONS to \S+:5060 arrives at no node of the cluster \[address: UDP is dropped on its way/,
    ],
  },
  {
    name: 'the source of SIP is rewritten on the way in',
    script: ({ ways }) => [
      ...ways,
      'iptables -w -t nat -A POSTROUTING -o eth1 -p udp --dport 5060 -j MASQUERADE',
    ],
    says: [/OPTIONS arrives at switch from \S+ instead of \S+ \[address: .*externalTrafficPolicy: Local/],
  },
  {
    name: 'the answers of SIP are dropped',
    script: ({ ways }) => [...ways, 'iptables -w -A FORWARD -i eth1 -p udp --sport 5060 -j DROP'],
    says: [
      /OPTIONS to \S+:5060 arrives at switch from \S+, but its answer does not come back \[address: It goes one way/,
    ],
  },
  {
    name: 'nothing leads RTP in',
    script: sip,
    says: [/rtp \S+ of switch +failed +RTP to \S+:20000 arrives at no node of the cluster/],
  },
  {
    name: 'half of the ports of RTP is missing',
    script: (front) => [...sip(front), front.leads('udp', '20000:20049')],
    says: [/ports 20000, 20024 are open, 20050, 20074, 20098 are not: RTP to \S+:20050 arrives at no node/],
  },
  {
    name: 'RTP goes one way',
    script: ({ ways }) => [...ways, 'iptables -w -A FORWARD -i eth1 -p udp --sport 20000:20099 -j DROP'],
    says: [
      /RTP to \S+:20000 arrives at switch from \S+, but its answer does not come back \[address: It goes one way/,
    ],
  },
  {
    name: 'the source of RTP is rewritten on the way in',
    script: ({ ways }) => [
      ...ways,
      'iptables -w -t nat -A POSTROUTING -o eth1 -p udp --dport 20000:20099 -j MASQUERADE',
    ],
    says: [/RTP arrives at switch from \S+ instead of \S+ \[address: .*externalTrafficPolicy: Local/],
  },
];

describe('a doctor outside', () => {
  vi.setConfig({ testTimeout: 120_000 });

  it('has no complaint of a good way, and names each hop that is broken', { timeout: 120_000 }, async ({
    network,
  }) => {
    const front = await Front.open(network);
    await front.change(...front.ways);
    expect(await front.command()).toEqual({ code: 0, complaints: [] });
    for (const { name, says, script } of broken) {
      await front.reset();
      await front.change(...script(front));
      const complaints = await front.examine();
      expect({ name, complaints }).toEqual({
        name,
        complaints: says.map((each) => expect.stringMatching(each)),
      });
    }
    expect(await front.command()).toMatchObject({ code: 1, complaints: [expect.any(String)] });
  });

  it('says that answers leave by another way, and by another port', async ({ network }) => {
    const front = await Front.open(network);
    await front.change(...front.ways);
    const { host } = front.tandem;
    // What comes by UDP is answered without the machine before it.
    await host.connectTo(network.bridge, network.freeAddress());
    await host.run(
      ['ip', '-batch', '-'],
      `route flush dev eth1\nroute add ${front.outside.address} dev eth1 src ${host.address} table 100\nrule add ipproto udp lookup 100`,
    );
    const says = [
      new RegExp(
        `OPTIONS to \\S+ arrives at switch, but its answer comes from ${host.address} instead of ${front.box.address}`,
      ),
      new RegExp(
        `RTP to \\S+ arrives at switch, but its answer comes from ${host.address} instead of ${front.box.address}`,
      ),
    ];
    const udp = `udp://${front.box.address}:5060`;
    expect(await front.examine(udp)).toEqual(says.map((each) => expect.stringMatching(each)));
    const rewrite = [
      'iptables -w -t raw -A PREROUTING -i eth0 -p udp -j NOTRACK',
      `iptables -w -t nat -A POSTROUTING -o eth1 -p udp --sport 5060 -j SNAT --to-source ${front.box.address}:5099`,
    ];
    await host.run(['sh', '-c', rewrite.join(' && ')]);
    const [port] = await front.examine(udp);
    expect(port).toMatch(/the answer to OPTIONS comes from port 5099 instead of \S+:5060/);
  });

  it('says that what is advertised is the address of a pod, or of nobody', async ({ network }) => {
    const nobody = network.freeAddress();
    const front = await Front.open(network, (_, own) => ({
      TANDEM_SIP_ADVERTISE: own,
      TANDEM_RTP_ADVERTISE: nobody,
      TANDEM_POD_ADDRESSES: own,
      TANDEM_ADVERTISE_POD: 'on',
    }));
    expect(await front.examine()).toEqual([
      expect.stringMatching(/tcp:\/\/\S+ +failed/),
      expect.stringMatching(
        /udp:\/\/\S+ +failed +\S+:5060 is the address of a pod, which nobody outside reaches/,
      ),
      expect.stringMatching(new RegExp(`RTP to ${nobody}:20000 arrives at no node of the cluster`)),
    ]);
  });
});
