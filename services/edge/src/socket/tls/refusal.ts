import type { X509Certificate } from 'node:crypto';
import { excerpt, Fault } from '@tandem/sip';
import { certificateRefused } from '../../faults.ts';
import { provenNames } from './proven-names.ts';

/** Words for what OpenSSL says of a certificate. */
const problems: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'signed by itself, which no authority vouches for',
  SELF_SIGNED_CERT_IN_CHAIN: 'of an authority that is not known',
  UNABLE_TO_GET_ISSUER_CERT: 'of an authority that is not known',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'of an authority that is not known',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'of an authority that is not known',
};

/** Why a certificate was refused: whose it is, what was wanted, and when it is valid. */
export function refusal(
  certificate: X509Certificate | undefined,
  wanted: string,
  problem: unknown,
  peer: string,
): Fault {
  if (!certificate) return new Fault(certificateRefused, `${peer}: no certificate, wanted ${wanted}`);
  const code = problem instanceof Error && 'code' in problem ? String(problem.code) : String(problem);
  const { subject, validFrom, validTo } = certificate;
  const whose = [
    `subject ${excerpt(subject.replaceAll('\n', ', '))}`,
    `names ${excerpt(provenNames(certificate).join(', ') || 'none')}`,
    `wanted ${wanted}`,
    `valid from ${dateOf(validFrom)} to ${dateOf(validTo)}`,
  ];
  return new Fault(certificateRefused, `${peer}: ${problems[code] ?? code}: ${whose.join('; ')}`);
}

function dateOf(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : at.toISOString();
}
