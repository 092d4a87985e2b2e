import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { needs } from '../harness/needs.ts';
import { chart } from './chart.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

const file = join(chart, 'files/alerts.yaml');
const rules = (parse(readFileSync(file, 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const operations = readFileSync(join(chart, '../../docs/operations.md'), 'utf8');
const metrics = readFileSync(join(chart, '../../docs/metrics.md'), 'utf8');

/** The names of metrics that an expression asks for, without what a histogram adds. */
function asked(expression: string): string[] {
  return [...expression.matchAll(/\btandem_\w+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''));
}

/** How a series goes on each minute, in the notation of promtool: one that fires, one that does not. */
type Course = readonly (readonly [series: string, firing: string, quiet: string])[];

const rising = '0+60x60';
const slow = '0+1x60';
const courses: Readonly<Record<string, Course>> = {
  TandemCallsFail: [
    ['tandem_calls_ended_total{outcome="server_error"}', '0+2x60', '0+0x60'],
    ['tandem_calls_ended_total{outcome="success"}', '0+60x60', rising],
  ],
  TandemAnswersDrop: [
    ['tandem_calls_started_total', rising, rising],
    ['tandem_calls_answered_total', '0+6x60', '0+30x60'],
  ],
  TandemSetupSlow: [
    ['tandem_call_setup_seconds_bucket{le="2"}', '0+0x60', rising],
    ['tandem_call_setup_seconds_bucket{le="5"}', rising, rising],
    ['tandem_call_setup_seconds_bucket{le="+Inf"}', rising, rising],
  ],
  TandemAudioLost: [
    ['tandem_call_loss_ratio_bucket{le="0.01"}', '0+0x60', rising],
    ['tandem_call_loss_ratio_bucket{le="0.2"}', rising, rising],
    ['tandem_call_loss_ratio_bucket{le="+Inf"}', rising, rising],
  ],
  TandemEdgeFull: [['tandem_edge_occupancy_ratio{instance="i"}', '0.9x60', '0.8x60']],
  TandemCallsShed: [['tandem_sip_shed_total{reason="lag"}', slow, '5x60']],
  TandemRoutersAway: [['tandem_router_requests_total{instance="i",event="failed"}', slow, '5x60']],
  TandemBusAway: [['tandem_bus_connected{instance="i"}', '0x60', '1x60']],
  TandemRedisAway: [['tandem_redis_connected{instance="i"}', '0x60', '1x60']],
  TandemEtcdAway: [['tandem_etcd_connected{instance="i"}', '0x60', '1x60']],
  TandemNodeDied: [['tandem_membership_events_total{event="died"}', '0x25 1x35', '1x60']],
  TandemPortsExhausted: [['tandem_media_failures_total{instance="i",reason="exhausted"}', slow, '5x60']],
  TandemPacketsDropped: [['tandem_udp_receive_buffer_errors_total{instance="i"}', slow, '5x60']],
  TandemLoopLate: [['tandem_event_loop_delay_seconds{instance="i",quantile="0.99"}', '0.2x60', '0.05x60']],
  TandemTrunkDown: [['tandem_trunk_condition{condition="Ready",status="false"}', '1x60', '0x60']],
  TandemRecordsWait: [['tandem_call_records_waiting{instance="i"}', '500x60', '5x60']],
  TandemCertificateEnds: [
    ['tandem_tls_certificate_end_timestamp_seconds{instance="i"}', '864000x60', '8640000x60'],
  ],
};

/** What promtool is to find after half an hour of a course. */
function scenario(alert: string, course: Course, fires: boolean): object {
  return {
    interval: '1m',
    input_series: course.map(([series, firing, quiet]) => ({ series, values: fires ? firing : quiet })),
    promql_expr_test: [
      {
        expr: `count(ALERTS{alertname="${alert}",alertstate="firing"})`,
        eval_time: '30m',
        exp_samples: fires ? [{ labels: '{}', value: 1 }] : [],
      },
    ],
  };
}

describe('an alert', () => {
  it.each(rules)(
    '$alert names a runbook that is there, and metrics that there are',
    ({ alert, expr, annotations }) => {
      expect(annotations.runbook_url).toBe(`docs/operations.md#${alert.toLowerCase()}`);
      expect(operations).toContain(`\n### ${alert}\n`);
      for (const name of asked(expr)) expect(metrics).toContain(`| \`${name}\` |`);
    },
  );

  it('has a course by which it is tried', () => {
    expect(Object.keys(courses).sort()).toEqual(rules.map(({ alert }) => alert).sort());
  });
});

needs('prometheus')('Prometheus', () => {
  it('fires each alert when it should, and not when it should not', () => {
    const tests = Object.entries(courses).flatMap(([alert, course]) =>
      [true, false].map((fires) => scenario(alert, course, fires)),
    );
    const path = join(mkdtempSync(join(tmpdir(), 'alerts-')), 'tests.yaml');
    writeFileSync(path, stringify({ rule_files: [file], evaluation_interval: '1m', tests }));
    expect(execFileSync('promtool', ['test', 'rules', path], { encoding: 'utf8' })).toContain('SUCCESS');
  });
});
