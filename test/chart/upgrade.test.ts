import { expect, it } from 'vitest';
import { needs } from '../harness/needs.ts';
import { chart, find, render } from './chart.ts';

const describe = needs('helm');

describe('an upgrade', () => {
  // W-54
  it('begins with a backup, and ends there when the release does not know all that is stored', async () => {
    const values = { 'configuration.backup.claimName': 'mine' };
    const job = find(await render(values, undefined, chart, '--is-upgrade'), 'Job', 'before-upgrade');
    expect(job.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'pre-upgrade,pre-rollback' });
    const { initContainers, containers, volumes, restartPolicy } = job.spec.template.spec;
    expect(restartPolicy).toBe('Never');
    expect(initContainers[0].args).toEqual(['export', '--secrets', '--file', '/backup', '--keep', '14']);
    expect(initContainers[0].volumeMounts).toContainEqual({ name: 'backup', mountPath: '/backup' });
    expect(volumes).toContainEqual({ name: 'backup', persistentVolumeClaim: { claimName: 'mine' } });
    expect(containers[0].args).toEqual(['validate']);
    for (const { env } of [...initContainers, ...containers]) {
      expect(env.map(({ name }: { name: string }) => name)).toEqual(['ETCD_PASSWORD', 'TANDEM_ETCD_URL']);
    }
  });

  it('has its backup in etcd where there is no volume for one', async () => {
    const job = find(await render({}, undefined, chart, '--is-upgrade'), 'Job', 'before-upgrade');
    const { initContainers, containers } = job.spec.template.spec;
    expect(initContainers[0].args).toEqual(['export', '--secrets', '--in-etcd', '--keep', '14']);
    expect(containers[0].args).toEqual(['validate']);
  });

  it.each([
    ['an installation', {}, []],
    ['one that wants no backup', { 'configuration.backup.enabled': false }, ['--is-upgrade']],
  ])('is not asked about: %s', async (_, values, flags) => {
    const manifests = await render(values, undefined, chart, ...flags);
    expect(manifests.some(({ metadata }) => metadata.name.endsWith('-before-upgrade'))).toBe(false);
  });
});
