import type { edge } from '@tandem/contract';
import { checkNameUnknown, checkTlsRefused, checkUnreachable, trunkWithoutEdge } from '../faults.ts';
import type { Destination, Examination } from './examination.ts';
import { type Finding, type Wrong, wrong } from './finding.ts';

/** What is found of one destination. */
type Look = (destination: Destination, outlook: edge.Outlook) => Finding | Promise<Finding>;

const nowhere: Finding = { evidence: ['not needed: the trunk only calls us'] };

export function dns(examination: Examination): Promise<Finding> {
  return each(examination, ({ field, uri }, { detail, fault, places }) => {
    if (places.length > 0) return { evidence: [`${uri}: ${places.map(placeText).join(', ')}`] };
    const isEdge = fault === trunkWithoutEdge.code;
    const found = isEdge
      ? wrong(trunkWithoutEdge, 'capacity', field)
      : wrong(checkNameUnknown, 'signaling', field);
    return { evidence: [`${fault}: ${detail}`], wrong: { ...found, fault } };
  });
}

/** Over UDP only an answer shows that anybody is there. */
export function reachability(examination: Examination): Promise<Finding> {
  return each(examination, (destination, { places }) => {
    const connected = places.filter(({ state }) => state === 'open' || state === 'insecure');
    const closed = places.filter(({ state }) => state === 'closed').map(placeProblem);
    if (connected.length > 0)
      return { evidence: [...connected.map((place) => `${placeText(place)} takes connections`), ...closed] };
    if (closed.length === places.length)
      return { evidence: closed, wrong: wrong(checkUnreachable, 'signaling', destination.field) };
    return answering(examination, destination);
  });
}

async function answering(
  examination: Examination,
  { asked, field, isRegistrar }: Destination,
): Promise<Finding> {
  const { answer } = asked === undefined ? {} : await examination.answer(asked);
  if (answer && answer.reason !== '') return { evidence: [`${answer.peer} answers OPTIONS`] };
  const login = isRegistrar ? await examination.login() : undefined;
  const isHeard = login && login.problem?.fault !== 'registrar-silent' && login.problem?.layer !== 'capacity';
  if (isHeard) return { evidence: [`${login.peer} answers REGISTER`] };
  const said = answer
    ? answer.detail || `no answer from ${answer.peer}`
    : (login?.problem?.detail ?? 'no answer');
  return { evidence: [said], wrong: wrong(checkUnreachable, 'signaling', field) };
}

export function tls(examination: Examination): Promise<Finding> {
  return each(examination, ({ field }, { places }) => {
    const secured = places.filter(({ transport }) => transport === 'tls');
    if (secured.length === 0) return { evidence: [`not used: ${places.map(placeText).join(', ')}`] };
    const open = secured.filter(({ state }) => state === 'open');
    if (open.length > 0)
      return { evidence: open.map((each) => `${placeText(each)} proves ${each.proven.join(', ')}`) };
    const insecure = secured.filter(({ state }) => state === 'insecure');
    return { evidence: insecure.map(placeProblem), wrong: wrong(checkTlsRefused, 'signaling', field) };
  });
}

/** Looks at each destination that is still good; those that are not are not looked at again. */
async function each(examination: Examination, look: Look): Promise<Finding> {
  const { reachable } = examination;
  if (reachable.length === 0) return nowhere;
  const found = await Promise.all(reachable.map(async (each) => look(each, await examination.outlook(each))));
  examination.reachable = reachable.filter((_, index) => !found[index]?.wrong);
  const first: Wrong | undefined = found.find((finding) => finding.wrong)?.wrong;
  return { evidence: found.flatMap(({ evidence }) => evidence), wrong: first };
}

function placeText({ address, transport }: edge.Place): string {
  return `${transport} ${address}`;
}

function placeProblem(place: edge.Place): string {
  return `${placeText(place)}: ${place.fault}: ${place.detail}`;
}
