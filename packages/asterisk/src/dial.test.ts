import { describe, expect, it } from 'vitest';
import { parseDial } from './dial.ts';
import type { Option } from './section.ts';

const globals = new Map<string, Option>(
  Object.entries({
    trunk: 'PJSIP/carrier',
    out: '${TRUNK}',
    loop: '${LOOP}x${LOOP}',
    long: '${LONG}${LONG}'.padEnd(500, 'y'),
  }).map(([name, value]) => [name, { name, value, place: { file: 'extensions.conf', line: 1 } }]),
);

const exten = { before: '', strip: 0 };

describe('what Dial is given', () => {
  it.each([
    ['SIP/1001', [{ to: 'party', technology: 'SIP', name: { before: '1001' } }]],
    ['PJSIP/${EXTEN}', [{ to: 'party', technology: 'PJSIP', name: exten }]],
    ['PJSIP/ext-${EXTEN:1}', [{ to: 'party', technology: 'PJSIP', name: { before: 'ext-', strip: 1 } }]],
    ['${PJSIP_DIAL_CONTACTS(${EXTEN})}', [{ to: 'party', technology: 'PJSIP', name: exten }]],
    [
      'PJSIP/${EXTEN:1}@trunk',
      [{ to: 'outside', technology: 'PJSIP', peer: 'trunk', number: { before: '', strip: 1 } }],
    ],
    ['SIP/trunk/${EXTEN}', [{ to: 'outside', technology: 'SIP', peer: 'trunk', number: exten }]],
    [
      'SIP/trunk/0034${EXTEN:2}',
      [{ to: 'outside', technology: 'SIP', peer: 'trunk', number: { before: '0034', strip: 2 } }],
    ],
    [
      'sip/+34${EXTEN}@trunk',
      [{ to: 'outside', technology: 'SIP', peer: 'trunk', number: { before: '+34', strip: 0 } }],
    ],
    ['${TRUNK}/${EXTEN}', [{ to: 'outside', technology: 'PJSIP', peer: 'carrier', number: exten }]],
    [
      '${GLOBAL(OUT)}/112',
      [{ to: 'outside', technology: 'PJSIP', peer: 'carrier', number: { before: '112' } }],
    ],
    [
      'PJSIP/1001&SIP/1002',
      [
        { to: 'party', technology: 'PJSIP', name: { before: '1001' } },
        { to: 'party', technology: 'SIP', name: { before: '1002' } },
      ],
    ],
  ])('names who is called: %s', (data, targets) => {
    expect(parseDial(data, globals)).toMatchObject({ targets });
  });

  it('has a time and options', () => {
    expect(parseDial('SIP/1001,30,tT', globals)).toMatchObject({ timeout: 30, options: 'tT' });
    expect(parseDial('SIP/1001,,U(sub,a,b)', globals)).toMatchObject({ options: 'U(sub,a,b)' });
    expect(parseDial('SIP/1001', globals)).not.toHaveProperty('timeout');
  });

  it.each([
    ['', /names nobody/],
    ['SIP/sales:topsecret::account@acme.example', /names a port or a password besides/],
    ['SIP/203.0.113.9:5070/${EXTEN}', /names a port or a password besides/],
    ['DAHDI/g1/${EXTEN}', /DAHDI is no SIP/],
    ['Local/1001@internal', /Local is no SIP/],
    ['SIP/${NUMBER}@trunk', /depends on more/],
    ['SIP/${EXTEN}${SUFFIX}@trunk', /depends on more/],
    ['SIP/${EXTEN:-4}@trunk', /depends on more/],
    ['PJSIP/trunk/sip:${EXTEN}@203.0.113.9', /names a host besides/],
    ['SIP/trunk/${EXTEN}/203.0.113.9', /names a host besides/],
    ['SIP/sales@trunk!sales@acme.example', /To and From/],
    ['SIP/1001,soon', /no number of seconds/],
    ['SIP/${LOOP}', /longer than 1024|depends on more/],
    ['SIP/${LONG}', /longer than 1024/],
  ])('is not carried over: %s', (data, reason) => {
    expect(parseDial(data, globals)).toMatch(reason);
  });
});
