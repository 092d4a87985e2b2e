import { z } from 'zod';

/** How phones are told whether a call comes from outside (RFC 3261 §20.4). */
export interface AlertInfoSpec {
  readonly profile?: AlertProfile | undefined;
  /** Values of Alert-Info, if not those of the profile. */
  readonly external?: string | undefined;
  readonly internal?: string | undefined;
}

type AlertProfile = 'urn' | 'info' | 'bellcore';

/** What phones understand: RFC 7462; snom, Yealink and Polycom; Cisco SPA, Grandstream and Panasonic. */
const profiles: Readonly<Record<AlertProfile, { readonly external: string; readonly internal: string }>> = {
  urn: { external: '<urn:alert:source:external>', internal: '<urn:alert:source:internal>' },
  info: {
    external: '<http://127.0.0.1>;info=alert-external',
    internal: '<http://127.0.0.1>;info=alert-internal',
  },
  bellcore: { external: '<http://127.0.0.1/Bellcore-dr2>', internal: '<http://127.0.0.1/Bellcore-dr1>' },
};

/** One line of printable ASCII: nothing can begin another header. */
export const alertValueSchema: z.ZodType<string, string> = z
  .string()
  .regex(
    /^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/,
    'must be 1 to 256 printable ASCII characters on one line',
  );

export const alertInfoSchema: z.ZodType<AlertInfoSpec, AlertInfoSpec> = z
  .strictObject({
    profile: z
      .enum(['urn', 'info', 'bellcore'])
      .exactOptional()
      .describe(
        'What the phones understand: `urn` as in RFC 7462, `info` (`;info=alert-external`: snom, Yealink, Polycom) or `bellcore` (`Bellcore-dr2`: Cisco SPA, Grandstream).',
      ),
    external: alertValueSchema
      .exactOptional()
      .describe("The value for calls from trunks and other tenants, if not the profile's."),
    internal: alertValueSchema
      .exactOptional()
      .describe("The value for calls between users of the tenant, if not the profile's."),
  })
  .describe(
    'Alert-Info in calls to phones, by which they ring otherwise. Without it the header goes as the caller has sent it.',
  );

/** The value for a call, of the first of these who say anything of it; undefined when nobody does. */
export function alertInfo(
  specs: readonly (AlertInfoSpec | undefined)[],
  source: 'external' | 'internal',
): string | undefined {
  for (const spec of specs) {
    const value = spec?.[source] ?? (spec?.profile && profiles[spec.profile][source]);
    if (value !== undefined) return value;
  }
  return undefined;
}
