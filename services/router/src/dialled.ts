import type { router } from '@tandem/contract';
import { type DialPlanSpec, type E164, type Tenant, type Trunk, toE164 } from '@tandem/resource';
import { type SipUri, stripSeparators } from '@tandem/sip';
import { nameIn } from './claim.ts';

/** What was dialled, in every spelling under which somebody may have it. */
export interface Dialled {
  /** As written first. */
  readonly spellings: readonly string[];
  /** By which routes go: in E.164 where the dial plan knows the number, else as it was dialled. */
  readonly number: string;
  readonly steps: readonly router.Step[];
}

/** What a URI in a domain of a tenant names. Separators carry no meaning in a number (RFC 3966 §5.1.1). */
export function dialledName(tenant: Tenant, uri: SipUri): Dialled {
  const name = nameIn(uri) ?? '';
  const isPhone = uri.params.get('user') === 'phone';
  return dialledNumber(tenant, name, isPhone ? stripSeparators(name) : name);
}

/** A number that a user of a tenant dials; `bare` is without separators. */
export function dialledNumber(tenant: Tenant, written: string, bare: string = written): Dialled {
  const { dialPlan, name } = tenant;
  const number = toE164(dialPlan, written);
  if (number === undefined) return { spellings: [...new Set([written, bare])], number: bare, steps: [] };
  const spellings = [...new Set([written, bare, number.number])];
  const step = spelled(written, number, `tenant ${name}`);
  return { spellings, number: number.number, steps: number.number === written ? [] : [step] };
}

/** The dial plan of a trunk: its own, and its tenant's where it has none. */
export function dialPlanOf({ tenant, numbering }: Trunk): DialPlanSpec {
  return { ...tenant.dialPlan, ...numbering.dialPlan };
}

/** How a number was read. */
export function spelled(written: string, { number, form }: E164, whose: string): router.Step {
  return { rule: 'number', finding: `${written} is ${number} (${form}) in the dial plan of ${whose}` };
}
