import { codecName, describe } from '@tandem/sdp';
import { Fault } from '@tandem/sip';
import { challengeRefused, checkFailing, checkForbidden, checkNoCodec, contactSilent } from '../faults.ts';
import { isAlive } from '../health.ts';
import type { Login } from '../login.ts';
import { isRegistered } from '../login.ts';
import type { Answered, Destination, Examination } from './examination.ts';
import { type Finding, wrong } from './finding.ts';

const notCalled: Finding = { evidence: ['not needed: the trunk only calls us'] };

/** A registration shows whether credentials are good; without one an OPTIONS does, where the trunk asks for any. */
export async function auth(examination: Examination): Promise<Finding> {
  if (examination.isRegistering) return registration(examination, await examination.login());
  return eachContact(examination, ({ field }, { answer, isProven, refused }) => {
    const { auth: own } = examination.subject.trunk;
    const said = `${answer.peer}: ${answer.status} ${answer.reason}`;
    if (refused)
      return {
        evidence: [`${answer.peer}: ${refused.detail}`],
        wrong: wrong(refused.kind, 'auth', 'spec.auth'),
      };
    if (answer.status === 403 || answer.status === 401 || answer.status === 407)
      return {
        evidence: [`${said}, seen from ${answer.seen}`],
        wrong: wrong(
          answer.status === 403 ? checkForbidden : challengeRefused,
          'auth',
          own ? 'spec.auth' : field,
        ),
      };
    if (isProven) return { evidence: [`${answer.peer} has taken the credentials of ${own?.username}`] };
    if (!own) return { evidence: [`${answer.peer} asks for no credentials`] };
    return {
      evidence: [`${answer.peer} asks for no credentials in OPTIONS; a call may be asked for them`],
      isOpen: true,
    };
  });
}

function registration({ subject }: Examination, login: Login | undefined): Finding {
  const { now, trunk } = subject;
  const { username } = trunk.auth ?? {};
  const who = username === undefined ? '' : ` as ${username}`;
  const problem = login?.problem;
  if (!login || (!problem && !isRegistered(login, now())))
    return { evidence: ['no answer to REGISTER yet'], isOpen: true };
  const places = `${login.peer}, seen from ${login.seen || 'nobody says where'}`;
  if (!problem) {
    const until = new Date(login.expiresAt).toISOString();
    return { evidence: [`registered${who} at ${places} until ${until}`] };
  }
  const { detail, fault, hint, layer } = problem;
  const rests =
    (login.restsUntil ?? 0) > now()
      ? [`the registrar is left alone until ${new Date(login.restsUntil!).toISOString()}`]
      : [];
  const field = layer === 'auth' ? 'spec.auth' : 'spec.registration';
  return { evidence: [detail, ...rests], wrong: { field, layer, fault, hint } };
}

export function options(examination: Examination): Promise<Finding> {
  return eachContact(examination, ({ field }, { answer }) => {
    const { detail, peer, reason, status } = answer;
    if (reason === '') {
      const evidence = [detail || `no answer from ${peer}`];
      // Who answers nothing but REGISTER and calls is left in service as long as nobody probes it.
      if (examination.isRegistering && examination.subject.trunk.probe.interval === 0)
        return { evidence, isOpen: true };
      return { evidence, wrong: wrong(contactSilent, 'signaling', field) };
    }
    const evidence = [`${peer} answers ${status} ${reason}`];
    if (!isAlive(status, reason)) return { evidence, wrong: wrong(contactSilent, 'signaling', field) };
    const isFailing = status >= 500 && status !== 501;
    return { evidence, wrong: isFailing ? wrong(checkFailing, 'signaling', field) : undefined };
  });
}

/** What is in a description beside audio for telephones. */
const noSpeech: readonly string[] = ['telephone-event', 'cn', 'red'];

/** Whether a call could have a codec that the trunk has and that `codecs` lets through. */
export function codecs(examination: Examination): Promise<Finding> {
  const { codecs: allowed } = examination.subject.trunk.endpoint;
  return eachContact(examination, (_, { answer: { description, peer } }) => {
    if (description === '')
      return { evidence: [`${peer} does not say which it has; a call shows`], isOpen: true };
    const field = 'spec.endpoint.codecs';
    const found = spokenIn(description);
    if (typeof found === 'string')
      return { evidence: [`${peer} ${found}`], wrong: wrong(checkNoCodec, 'sdp', field) };
    const evidence = [`${peer} has ${found.join(', ')}`];
    if (!allowed || found.some((name) => allowed.includes(codecName(name) ?? name))) return { evidence };
    return {
      evidence: [...evidence, `allowed are ${allowed.join(', ')}`],
      wrong: wrong(checkNoCodec, 'sdp', field),
    };
  });
}

/** Encoding names for speech in a description; what is wrong with it where there are none. */
function spokenIn(description: string): string[] | string {
  try {
    const audio = describe(description).filter(
      ({ kind, protocol }) => kind === 'audio' && protocol === 'RTP/AVP',
    );
    const names = audio.flatMap((stream) => stream.codecs.map(({ name }) => name));
    const spoken = names.filter((name) => !noSpeech.includes(name.toLowerCase()));
    return spoken.length > 0 ? spoken : `has no audio over RTP/AVP: ${mediaLines(description)}`;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}

function mediaLines(description: string): string {
  const lines = description.split(/\r?\n/).filter((line) => line.startsWith('m='));
  return lines.join(', ').slice(0, 200) || 'it names none';
}

type Judge = (destination: Destination, answered: Answered) => Finding;

/** What came of OPTIONS to each contact that can be reached. */
async function eachContact(examination: Examination, judge: Judge): Promise<Finding> {
  const asked = examination.reachable.filter(({ asked }) => asked !== undefined);
  const found = await Promise.all(
    asked.map(async (each) => judge(each, await examination.answer(each.asked!))),
  );
  if (found.length === 0) return notCalled;
  return {
    evidence: found.flatMap(({ evidence }) => evidence),
    wrong: found.find((each) => each.wrong)?.wrong,
    isOpen: found.every(({ isOpen }) => isOpen),
  };
}
