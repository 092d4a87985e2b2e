import { describe, expect, it } from 'vitest';
import { reportJson, reportLine } from './report.ts';

const well = { on: 'udp', name: 'hold', status: 'ok', value: 'after 3 ms' } as const;
const ill = {
  on: 'tcp',
  name: 'tone caller to callee',
  status: 'failed',
  value: '0 %',
  layer: 'media',
  hint: 'Look at the firewall.',
} as const;

describe('a report', () => {
  it('has a line for each result, with layer and hint where something failed', () => {
    expect([well, ill, { on: 'http', name: '/livez', status: 'skipped' } as const].map(reportLine)).toEqual([
      'udp   hold                        ok       after 3 ms',
      'tcp   tone caller to callee       failed   0 % [media: Look at the firewall.]',
      'http  /livez                      skipped',
    ]);
  });

  it('takes a warning for no reason to say that all is not well', () => {
    const warned = { ...ill, on: 'dns', status: 'warning' } as const;
    expect(reportLine(warned)).toContain('  warning  0 % [media: ');
    expect(JSON.parse(reportJson([well, warned]))).toMatchObject({ ok: true });
  });

  it('says as JSON whether all is well', () => {
    expect(JSON.parse(reportJson([well]))).toEqual({ ok: true, checks: [well] });
    expect(JSON.parse(reportJson([well, ill]))).toMatchObject({ ok: false });
  });
});
