import { mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Authority } from '../harness/authority.ts';
import type { Host } from '../harness/host.ts';
import { needs } from '../harness/needs.ts';
import { Network } from '../harness/network.ts';
import { startServers } from '../harness/servers.ts';
import { probe } from '../harness/sipsak.ts';
import { MAIN, type Program, TandemProcess } from '../harness/tandem-process.ts';
import { find, render } from './chart.ts';
import { environment, type Variable } from './environment.ts';

const describe = needs('helm', 'namespace', 'nats-server', 'redis-server', 'etcd', 'sipsak', 'openssl');

/** Runs where /etc/tandem/tls is a folder of ours, and /var/lib/tandem is empty. */
function withFiles(tls: string): Program {
  const mounts = [
    'own=$(mktemp -d)',
    'mount -t tmpfs tmpfs $own',
    'mkdir $own/etc $own/work',
    'mount -t overlay -o lowerdir=/etc,upperdir=$own/etc,workdir=$own/work overlay /etc',
    `mkdir -p /etc/tandem && cp -rL ${tls} /etc/tandem/tls`,
    'mount -t tmpfs tmpfs /var/lib',
    'exec "$@"',
  ];
  return { node: ['unshare', '--mount', 'sh', '-ec', mounts.join('\n'), 'sh', process.execPath], main: MAIN };
}

describe('listeners in values of the chart', () => {
  let network: Network;
  let host: Host;
  let edge: TandemProcess;

  beforeAll(async () => {
    network = await Network.open('listeners of the chart');
    const [authority, servers] = await Promise.all([Authority.create(), startServers(network)]);
    host = await network.host('edge');
    const { certificate, key } = await authority.issue(['DNS:sip.acme.example']);
    const tls = await mkdtemp(join(tmpdir(), 'tls-'));
    await Promise.all([symlink(certificate, join(tls, 'tls.crt')), symlink(key, join(tls, 'tls.key'))]);
    const url = ({ url }: { readonly url: string }): object => ({ enabled: false, external: { url } });
    const manifests = await render({
      edge: { listeners: { udp: 5070, tcp: 0, tls: 5071 } },
      tls: { secretName: 'sip-acme-example' },
      nats: url(servers.nats),
      redis: url(servers.redis),
      etcd: url(servers.etcd),
    });
    const { args, env } = find(manifests, 'StatefulSet', 'edge').spec.template.spec.containers[0];
    const variables = environment(env as Variable[], { address: host.address, pod: 'sw-tandem-edge-0' });
    const program = withFiles(tls);
    edge = new TandemProcess(host, [program.main, ...args], variables, program);
    await edge.start();
  }, 60_000);

  afterAll(() => network.close());

  // AS-42
  it('become those of an edge that is started as its pod is: UDP 5070 and TLS 5071', async () => {
    const phone = await network.host('phone');
    expect(await probe(phone, `sip:${host.address}:5070`, 'udp')).toBe(200);
    const shown = await phone.run(
      ['openssl', 's_client', '-connect', `${host.address}:5071`, '-servername', 'sip.acme.example'],
      'Q\n',
    );
    expect(shown).toContain('issuer=CN = Test authority');
    await expect(probe(phone, `sip:${host.address}:5070`, 'tcp')).rejects.toThrow('does not answer');
  });
});
