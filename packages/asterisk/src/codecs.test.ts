import { describe, expect, it } from 'vitest';
import { fatesOf, importFiles } from './fixture.ts';

const phone = (lines: string) =>
  `[1001]\ntype=endpoint\nauth=1001\naors=1001\n${lines}\n[1001]\ntype=auth\npassword=x\n[1001]\ntype=aor\n`;
const carrier = (lines: string) =>
  `[c]\ntype=endpoint\naors=c\n${lines}\n[c]\ntype=aor\ncontact=sip:203.0.113.9\n`;
const device = (lines: string, general = '') =>
  `[general]\ncontext=x\n${general}\n[1001]\ntype=friend\nhost=dynamic\nsecret=x\n${lines}\n`;

async function codecsOf(file: string, text: string): Promise<string | undefined> {
  const { files } = await importFiles({ [file]: text });
  const yaml = files.get('users.yaml') ?? files.get('trunks.yaml')!;
  const [, list] = /codecs:\n((?: +- .*\n)+)/.exec(yaml) ?? [];
  return list?.replaceAll(/\s*- /g, ' ').trim();
}

describe('PJ-09: codecs', () => {
  it.each([
    ['disallow=all\nallow=ulaw,alaw', 'PCMU PCMA'],
    ['disallow=all\nallow=g722\nallow=alaw:30', 'G722 PCMA'],
    ['allow=!all,opus,g729', 'opus G729'],
    ['allow=gsm', 'GSM'],
    ['disallow=all\nallow=ulaw,h264,vp8', 'PCMU H264 VP8'],
    ['disallow=all\nallow=alaw,ulaw\ndisallow=ulaw', 'PCMA'],
    ['disallow=all\nallow=slin16,slin', 'L16'],
    ['allow=all', undefined],
    ['', undefined],
  ])('of an endpoint are %j', async (lines, expected) => {
    expect(await codecsOf('pjsip.conf', phone(lines))).toBe(expected);
    expect(await codecsOf('pjsip.conf', carrier(lines))).toBe(expected);
  });

  it.each([
    ['disallow=all\nallow=alaw', '', 'PCMA'],
    ['', 'disallow=all\nallow=alaw', 'PCMA'],
    ['allow=ulaw', 'disallow=all\nallow=alaw', 'PCMA PCMU'],
    ['disallow=all\nallow=ulaw', 'disallow=all\nallow=alaw', 'PCMU'],
    ['allow=ulaw', '', undefined],
  ])('of a device are %j after %j', async (lines, general, expected) => {
    expect(await codecsOf('sip.conf', device(lines, general))).toBe(expected);
  });

  it.each([
    ['disallow=all\nallow=siren99,alaw', 6, 'left "siren99" is no codec that is known'],
    ['disallow=all', 5, 'left allows no codec that is known'],
    [
      'allow=all\ndisallow=g729',
      6,
      'left a list names the codecs that may be used, and not what else may not',
    ],
    ['allow=all', 5, 'meaningless any codec is allowed unless a list is said'],
  ])('are told of: %j', async (lines, line, fate) => {
    expect(fatesOf(await importFiles({ 'pjsip.conf': phone(lines) }))).toContain(
      `pjsip.conf:${line} ${fate}`,
    );
  });

  it('that hold for all are told of where there is nobody', async () => {
    const { entries } = await importFiles({ 'sip.conf': '[general]\nallow=ulaw\n' });
    expect(fatesOf({ entries })).toContain('sip.conf:2 meaningless no device goes by it');
  });
});
