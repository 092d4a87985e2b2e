import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { needs } from '../harness/needs.ts';
import { chart, find, type Manifest, render } from './chart.ts';

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const folder = join(chart, 'files/dashboards');
const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
const metrics = readFileSync(join(chart, '../../docs/metrics.md'), 'utf8');

function read(name: string): Dashboard {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Dashboard;
}

describe('the dashboards', () => {
  it('are those of calls, each tier, and scaling', () => {
    expect(names.sort()).toEqual(['calls', 'edges', 'media', 'routers', 'scaling', 'trunks']);
    expect(new Set(names.map((name) => read(name).uid)).size).toBe(names.length);
  });

  it.each(names)('ask for metrics that there are: %s', (name) => {
    const asked = read(name).panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    for (const expr of asked) {
      const [metric] = /\btandem_\w+/.exec(expr) ?? [];
      const known = metric?.replace(/_bucket$/, '');
      expect(metrics, expr).toContain(`| \`${known}\` |`);
    }
  });
});

needs('helm')('the chart, where it is watched', () => {
  const items = ['ServiceMonitor', 'PrometheusRule'];

  it('makes none of it unless it is told to', async () => {
    const manifests = await render();
    expect(manifests.filter(({ kind }) => items.includes(kind))).toEqual([]);
    expect(manifests.filter(({ metadata }) => metadata.name.includes('dashboard'))).toEqual([]);
  });

  it('has each tier scraped by the port that serves metrics, and lets Prometheus in', async () => {
    const manifests = await render({}, 'monitoring');
    const { metadata, spec } = find(manifests, 'ServiceMonitor', 'tiers');
    expect(metadata.labels).toMatchObject({ release: 'kube-prometheus-stack' });
    expect(spec.endpoints).toMatchObject([{ port: 'http', path: '/metrics' }]);
    const scraped = manifests.filter(
      ({ kind, spec: of }) =>
        kind === 'Service' && of.ports.some(({ name }: { name: string }) => name === 'http'),
    );
    const tiers = scraped.map((service) => service.metadata.labels?.['app.kubernetes.io/component']);
    expect(new Set(tiers)).toEqual(new Set(['edge', 'media', 'router', 'trunk']));
    for (const { metadata: of } of scraped) expect(of.labels).toMatchObject(spec.selector.matchLabels);
  });

  it('has the rules of the file, which link to the runbooks that the values say', async () => {
    const { spec } = find(await render({}, 'monitoring'), 'PrometheusRule', 'alerts');
    const rules: Manifest[] = spec.groups.flatMap(({ rules }: { rules: Manifest[] }) => rules);
    expect(rules.length).toBe(
      readFileSync(join(chart, 'files/alerts.yaml'), 'utf8').split('- alert:').length - 1,
    );
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook_url).toBe(`https://wiki.example/tandem/operations#${alert.toLowerCase()}`);
    }
  });

  it('has every rule of its own found by the labels that Prometheus selects by', async () => {
    const manifests = await render({ 'scaling.by': 'hpa' }, 'monitoring');
    const rules = manifests.filter(({ kind }) => kind === 'PrometheusRule');
    expect(rules.length).toBe(2);
    for (const { metadata } of rules)
      expect(metadata.labels).toMatchObject({ release: 'kube-prometheus-stack' });
  });

  it('has each dashboard as Grafana finds it', async () => {
    const manifests = await render({}, 'monitoring');
    for (const name of names) {
      const { data, metadata } = find(manifests, 'ConfigMap', `dashboard-${name}`);
      expect(metadata.labels).toMatchObject({ grafana_dashboard: '1' });
      expect(JSON.parse(data[`tandem-${name}.json`])).toEqual(read(name));
    }
  });
});
