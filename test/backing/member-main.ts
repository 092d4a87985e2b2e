import { BusMembership, createLog, Etcd, etcdUrl, NatsBus } from '@tandem/platform';

// A node in a process of its own, that can be killed or stopped; see MemberProcess.

const [id = '', region = '', natsUrl = '', etcd = ''] = process.argv.slice(2);
const log = createLog({ level: 'warn', node: id, destination: 2 });
const membership = new BusMembership({
  bus: await NatsBus.open({ url: natsUrl, log, name: id }),
  etcd: new Etcd({ address: etcdUrl.parse(etcd), log }),
  region,
  log,
});
await membership.join(
  { tier: 'edge', id, startedMs: Date.now(), weight: 1, release: '0', addresses: {} },
  { state: 'serving', load: 0, configuration: '' },
);
process.stdout.write('joined\n');
