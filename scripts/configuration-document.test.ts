import { describe, expect, it } from 'vitest';
import { text } from '../packages/platform/src/settings/schema.ts';
import { type AnySettings, defineSettings } from '../packages/platform/src/settings/setting.ts';
import { sharedSettings } from '../packages/platform/src/settings/shared.ts';
import { configurationDocument } from './configuration-document.ts';

const settings = (name: string): AnySettings =>
  defineSettings<Record<string, string>>({ [name]: { schema: text, description: 'It is.' } });

describe('configurationDocument', () => {
  it('describes a setting once, with the tier that defines it', () => {
    const [sip, rtp] = [settings('sipListen'), settings('rtpListen')];
    const written = configurationDocument([
      { name: 'all', exports: [{ ...sharedSettings, ...sip, ...rtp }, () => undefined] },
      { name: 'edge', exports: [sip, 42] },
      { name: 'media', exports: [rtp] },
    ]);
    const headings = written.split('\n').filter((line) => /^#|TANDEM_(SIP|RTP)_LISTEN`/.test(line));
    expect(headings.slice(0, 7)).toEqual([
      '# Configuration',
      '## Settings',
      '### Every tier',
      '### edge',
      '| `TANDEM_SIP_LISTEN` | `--sip-listen` | required | It is. |',
      '### media',
      '| `TANDEM_RTP_LISTEN` | `--rtp-listen` | required | It is. |',
    ]);
  });
});
