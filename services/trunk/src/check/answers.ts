import { describe } from '@tandem/sdp';
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

export function codecs(examination: Examination): Promise<Finding> {
  return eachContact(examination, (_, { answer: { description, peer } }) => {
    if (description === '')
      return { evidence: [`${peer} does not say which it has; a call shows`], isOpen: true };
    const field = 'spec.endpoint.media';
    try {
      const audio = describe(description).filter(
        ({ kind, protocol }) => kind === 'audio' && protocol === 'RTP/AVP',
      );
      const names = audio.flatMap((stream) =>
        stream.codecs.map(({ clockRate, name }) => `${name}/${clockRate}`),
      );
      const spoken = names.filter((name) => !noSpeech.includes(name.split('/', 1)[0]!.toLowerCase()));
      if (spoken.length > 0) return { evidence: [`${peer} has ${names.join(', ')}`] };
      return {
        evidence: [`${peer} has no audio over RTP/AVP: ${mediaLines(description)}`],
        wrong: wrong(checkNoCodec, 'sdp', field),
      };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return { evidence: [`${peer}: ${error.message}`], wrong: wrong(checkNoCodec, 'sdp', field) };
    }
  });
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
