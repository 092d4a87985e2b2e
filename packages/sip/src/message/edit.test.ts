import { describe, expect, it } from 'vitest';
import { Edit } from './edit.ts';
import { sampleRequest, sampleText } from './sample.ts';

const headers = [
  'v:  SIP/2.0/UDP a.example;branch=z9hG4bK1 ,\r\n SIP/2.0/TCP b.example',
  'X-Odd :\t;;,"',
  'Route: <sip:r1.example;p=1,2;lr>, <sip:r2.example;lr>',
  'Via : SIP/2.0/TLS c.example',
  'rOUTE: <sip:r3.example;lr>',
  'x-odd: 2',
  'Content-Length: 4',
];
const body = 'body';

/** The lines of the sample after an edit. */
function edited(change: (edit: Edit) => Edit): string[] {
  return change(new Edit(sampleRequest({ headers, body })))
    .write()
    .split('\r\n');
}

/** The lines of the sample, some of them taken out and others put in their place. */
function lines(at: number, count: number, ...instead: string[]): string[] {
  const all = sampleText({ headers, body }).split('\r\n');
  all.splice(at, count, ...instead);
  return all;
}

describe('one edit', () => {
  it.each<[string, (edit: Edit) => Edit, string[]]>([
    ['none', (edit) => edit, lines(0, 0)],
    [
      'the Request-URI',
      (edit) => edit.requestUri('sip:x@y.example'),
      lines(0, 1, 'INVITE sip:x@y.example SIP/2.0'),
    ],
    ['prepend before others of the name', (edit) => edit.prepend('Via', 'new'), lines(6, 0, 'Via: new')],
    ['prepend where there is none', (edit) => edit.prepend('Path', 'new'), lines(1, 0, 'Path: new')],
    ['append', (edit) => edit.append('X-New', 'new'), lines(14, 0, 'X-New: new')],
    ['set one', (edit) => edit.set('Max-Forwards', '69'), lines(1, 1, 'Max-Forwards: 69')],
    ['set where there is none', (edit) => edit.set('Subject', 'new'), lines(14, 0, 'Subject: new')],
    ['set with no value', (edit) => edit.set('Call-ID', ''), lines(4, 1, 'Call-ID: ')],
    ['remove one', (edit) => edit.remove('Max-Forwards'), lines(1, 1)],
    ['remove what is not there', (edit) => edit.remove('Path'), lines(0, 0)],
    [
      'remove the first of a list',
      (edit) => edit.removeFirst('Route'),
      lines(9, 1, 'Route:  <sip:r2.example;lr>'),
    ],
    ['remove the first of a folded list', (edit) => edit.removeFirst('Via'), lines(6, 1, 'v:  ')],
    ['remove the first, which is all of its line', (edit) => edit.removeFirst('From'), lines(2, 1)],
    ['remove the first of what is not there', (edit) => edit.removeFirst('Path'), lines(0, 0)],
    [
      'replace the first of a list',
      (edit) => edit.replaceFirst('Route', '<sip:new>'),
      lines(9, 1, 'Route: <sip:new>, <sip:r2.example;lr>'),
    ],
    [
      'replace the first of what is not there',
      (edit) => edit.replaceFirst('Path', 'new'),
      lines(1, 0, 'Path: new'),
    ],
    [
      'remove by any other name',
      (edit) => edit.remove('X-ODD'),
      [...lines(8, 1).slice(0, 11), ...lines(8, 1).slice(12)],
    ],
    ['the body', (edit) => edit.body('longer'), [...lines(13, 4, 'Content-Length: 6', '', 'longer')]],
  ])('%s', (_, change, expected) => {
    expect(edited(change)).toEqual(expected);
  });

  it('set and remove take all lines of a name, whatever their spelling', () => {
    expect(edited((edit) => edit.set('Via', 'one'))).toEqual([
      ...lines(0, 0).slice(0, 6),
      'v:  one',
      ...lines(0, 0).slice(8, 10),
      ...lines(0, 0).slice(11),
    ]);
    expect(edited((edit) => edit.remove('Route')).filter((line) => /route/i.test(line))).toEqual([]);
  });
});

describe('edits together', () => {
  it('each do what they do alone', () => {
    const out = edited((edit) =>
      edit
        .body('new')
        .remove('Route')
        .prepend('Route', '<sip:first>')
        .prepend('Route', '<sip:second>')
        .prepend('Via', 'top')
        .replaceFirst('Via', 'stamped')
        .set('Max-Forwards', '69')
        .append('X-New', '1')
        .append('X-New', '2')
        .remove('x-odd')
        .requestUri('sip:x@y.example'),
    );
    expect(out).toEqual([
      'INVITE sip:x@y.example SIP/2.0',
      'Max-Forwards: 69',
      ...lines(0, 0).slice(2, 6),
      'Via: top',
      'v:  stamped,',
      ' SIP/2.0/TCP b.example',
      'Route: <sip:first>',
      'Route: <sip:second>',
      'Via : SIP/2.0/TLS c.example',
      'Content-Length: 3',
      'X-New: 1',
      'X-New: 2',
      '',
      'new',
    ]);
  });

  it('that overlap are a mistake of the caller', () => {
    expect(() => edited((edit) => edit.remove('Via').set('Via', 'x'))).toThrow('two edits overlap');
  });
});

describe('what is written', () => {
  it('has a Content-Length', () => {
    const text = new Edit(sampleRequest({ body })).write();
    expect(text).toBe(sampleText({ headers: ['Content-Length: 4'], body }));
  });

  it('has one Content-Length with a new body', () => {
    const text = new Edit(sampleRequest({ body })).body('other').write();
    expect(text).toBe(sampleText({ headers: ['Content-Length: 5'], body: 'other' }));
  });

  it('ends with the body: what a datagram held beyond it stays behind', () => {
    const request = sampleRequest({ headers: ['Content-Length: 4'], body: 'bodyINVITE sip:x SIP/2.0\r\n' });
    expect(new Edit(request).write()).toBe(sampleText({ headers: ['Content-Length: 4'], body }));
  });

  it('has no empty lines before the start line', () => {
    const text = sampleText({ headers: ['Content-Length: 0'] });
    expect(
      new Edit(
        sampleRequest({
          startLine: '\r\n\r\nINVITE sip:1002@acme.example SIP/2.0',
          headers: ['Content-Length: 0'],
        }),
      ).write(),
    ).toBe(text);
  });

  it('has the octets of 20 stacked Via lines and a Via of two kilobytes', () => {
    const vias = Array.from(
      { length: 20 },
      (_, i) => `vIa \t:  SIP / 2.0 / UDP  h${i}.example ; branch = z9hG4bK${i}`,
    );
    vias[7] = `V: SIP/2.0/UDP long.example;branch=z9hG4bK${'x'.repeat(2048)}`;
    const text = sampleText({ headers: [...vias, 'Content-Length: 0'] });
    const request = sampleRequest({ headers: [...vias, 'Content-Length: 0'] });
    expect(request.vias).toHaveLength(20);
    expect(new Edit(request).prepend('Via', 'SIP/2.0/UDP me.example').write()).toBe(
      text.replace(vias[0]!, `Via: SIP/2.0/UDP me.example\r\n${vias[0]}`),
    );
  });
});

describe('what would begin another line is refused', () => {
  const bad = 'a\r\nX: b';
  it.each<[string, (edit: Edit) => Edit]>([
    ['Request-URI', (edit) => edit.requestUri(bad)],
    ['prepend', (edit) => edit.prepend('Via', bad)],
    ['append', (edit) => edit.append('X-New', bad)],
    ['append a name', (edit) => edit.append(bad, 'x')],
    ['set', (edit) => edit.set('Subject', bad)],
    ['set in place', (edit) => edit.set('Call-ID', bad)],
    ['replace', (edit) => edit.replaceFirst('Via', bad)],
  ])('%s', (_, change) => {
    expect(() => edited(change)).toThrow('unsafe-value');
  });
});
