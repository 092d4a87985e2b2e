import type { router } from '@tandem/contract';
import { isWithin, type Snapshot, type Trunk } from '@tandem/resource';
import { parseUri } from '@tandem/sip';
import { nameIn } from './claim.ts';
import { trunkAmbiguous, trunkDisabled } from './faults.ts';
import type { LineTokens } from './line-tokens.ts';
import { blamedOf, type Refusal, refusal } from './refusal.ts';
import { partName, partOf } from './request-part.ts';

/** Whether a request comes from a trunk, with the steps that led there. */
export interface TrunkProof {
  readonly trunk?: Trunk;
  /** It does, but may not, or nobody can tell from which one. */
  readonly refusal?: Refusal;
  /** It has the token of this one, but comes from an address that is not the trunk's. */
  readonly unlisted?: Trunk;
  readonly steps: readonly router.Step[];
}

/** By a name that the certificate of the connection proves. */
export function proveByCertificate({ proofs }: Snapshot, request: router.Request): TrunkProof {
  const steps: router.Step[] = [];
  for (const name of request.provenNames) {
    const found = choose(proofs.certificate(name), request, `certificate of ${name}`, steps);
    if (found) return { ...found, steps };
  }
  return { steps };
}

/** By the token in our Contact, which only the registrar of the trunk was told; within its `sources`, where there are some. */
export function proveByLine(tokens: LineTokens, snapshot: Snapshot, request: router.Request): TrunkProof {
  const token = lineOf(request.requestUri);
  const trunk = token === undefined ? undefined : tokens.trunk(snapshot, token);
  if (!trunk) return { steps: [] };
  const { sources } = trunk.identify;
  const host = request.flow?.host ?? '';
  if (sources.length > 0 && !isWithin(sources, host)) {
    const finding = `line token of ${describe(trunk)}, but ${host} is none of its identify.sources`;
    return { steps: [step(finding)], unlisted: trunk };
  }
  const steps: router.Step[] = [];
  return { ...choose([trunk], request, 'line token', steps), steps };
}

/** A trunk whose credentials were right. */
export function proveByCredentials(trunk: Trunk, request: router.Request): TrunkProof {
  const steps: router.Step[] = [];
  return { ...choose([trunk], request, 'digest', steps), steps };
}

function lineOf(requestUri: string): string | undefined {
  const uri = requestUri.includes(';line=') ? parseUri(requestUri) : undefined;
  return uri && uri.scheme !== 'tel' ? uri.params.get('line') : undefined;
}

/** By the address that it comes from; the smallest network with a trunk whose conditions are met has it. */
export function proveBySource({ proofs }: Snapshot, request: router.Request): TrunkProof {
  const host = request.flow?.host;
  if (proofs.isEmpty || host === undefined) return { steps: [] };
  const steps: router.Step[] = [];
  for (const trunks of proofs.source(host)) {
    const found = choose(trunks, request, `source ${host}`, steps);
    if (found) return { ...found, steps };
  }
  if (steps.length === 0) steps.push(step(`source ${host} is of no trunk`));
  return { steps };
}

/** Of trunks with the same proof, the one that more conditions single out. Notes what was found. */
function choose(
  trunks: readonly Trunk[],
  request: router.Request,
  proof: string,
  steps: router.Step[],
): Omit<TrunkProof, 'steps'> | undefined {
  const met = trunks.filter((trunk) => {
    const unmet = unmetCondition(trunk, request);
    if (unmet !== undefined) steps.push(step(`${proof} could be ${describe(trunk)}, but ${unmet}`));
    return unmet === undefined;
  });
  const most = Math.max(...met.map(conditionCount));
  const [trunk, another] = met.filter((each) => conditionCount(each) === most);
  if (!trunk) return undefined;
  if (another) {
    const detail = `${proof} is ${describe(trunk)} as well as ${describe(another)}`;
    return { refusal: refusal(trunkAmbiguous, 'identity', detail, blamedOf('Trunk', trunk, 'identify')) };
  }
  steps.push(step(`${describe(trunk)}, by ${proof}`));
  if (trunk.enabled) return { trunk };
  const blamed = blamedOf('Trunk', trunk, 'enabled');
  return { refusal: refusal(trunkDisabled, 'identity', `trunk ${trunk.name} is disabled`, blamed) };
}

function step(finding: string): router.Step {
  return { rule: 'identity', finding };
}

function describe({ name, tenant }: Trunk): string {
  return `trunk ${name} of ${tenant.name}`;
}

function conditionCount({ identify: { line, match } }: Trunk): number {
  return match.length + (line === undefined ? 0 : 1);
}

/** What a request lacks to be of a trunk; undefined when it lacks nothing. */
function unmetCondition({ identify: { line, match } }: Trunk, request: router.Request): string | undefined {
  if (line !== undefined && !namesLine(request.requestUri, line))
    return `Request-URI does not name line ${line}`;
  const unmet = match.find((each) => !each.pattern.matches(partOf(request, each.in) ?? ''));
  return unmet && `${partName(unmet.in)} does not match ${unmet.pattern.source}`;
}

function namesLine(requestUri: string, line: string): boolean {
  const uri = parseUri(requestUri);
  if (!uri || uri.scheme === 'tel') return false;
  return nameIn(uri) === line || uri.params.get('line') === line;
}
