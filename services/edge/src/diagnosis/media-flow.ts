import type { event, media } from '@tandem/contract';
import type { CallRecord } from '@tandem/platform';
import { readIdentity } from '../identity-text.ts';
import { callObject } from '../records/ended.ts';
import { identityObject, ownDiagnosis } from './diagnosis.ts';
import { mediaFromElsewhere, mediaUnheard } from './kinds.ts';

type Record = Pick<CallRecord, 'id' | 'caller' | 'calleeIdentity'>;

/** What is wrong with the media of a call that is up; undefined when every side that should send is heard. */
export function diagnoseFlow(call: Record, flow: media.OneWay): event.Diagnosis | undefined {
  const { awaitsCallee, awaitsCaller, fromCallee, fromCaller, seconds } = flow;
  const caller = awaitsCaller && count(fromCaller) === 0;
  const callee = awaitsCallee && count(fromCallee) === 0;
  if (!caller && !callee) return undefined;
  const refused = (caller ? (fromCaller?.refused ?? 0) : 0) + (callee ? (fromCallee?.refused ?? 0) : 0);
  const object =
    caller && callee ? callObject(call.id) : partyOf(call, caller ? call.caller : call.calleeIdentity);
  const evidence = [
    `from the caller: ${describe(fromCaller, awaitsCaller)} within ${seconds} s`,
    `from the callee: ${describe(fromCallee, awaitsCallee)} within ${seconds} s`,
  ];
  const found = ownDiagnosis(refused > 0 ? mediaFromElsewhere : mediaUnheard, object, evidence);
  return found && { ...found, direction: caller && callee ? 'both' : caller ? 'from_caller' : 'from_callee' };
}

function count(direction: media.Direction | undefined): number {
  return direction?.packets ?? 0;
}

function describe(direction: media.Direction | undefined, isAwaited: boolean): string {
  if (!isAwaited) return 'nothing is awaited';
  const { packets = 0, refused = 0 } = direction ?? {};
  return `${packets} RTP packets${refused === 0 ? '' : `, and ${refused} refused from another address`}`;
}

/** Who is not heard: somebody of ours, or whoever the call is with. */
function partyOf({ id }: Record, identity: string): event.BrokenObject {
  const named = readIdentity(identity);
  return named ? identityObject(named, 'endpoint') : callObject(id);
}
