import { codecName } from '@tandem/sdp';
import type { Draft } from './draft.ts';
import type { Options } from './options.ts';
import { reasons } from './reasons.ts';
import type { Option } from './section.ts';

/** What Asterisk calls codecs that have another name in descriptions (RFC 3551). */
const names: ReadonlyMap<string, string> = new Map([
  ['ulaw', 'PCMU'],
  ['alaw', 'PCMA'],
  ['g726', 'G726-32'],
  ['amrwb', 'AMR-WB'],
  ['siren7', 'G7221'],
  ['siren14', 'G7221'],
  ['lpc10', 'LPC'],
  ['adpcm', 'DVI4'],
  ['h263p', 'H263-1998'],
  ['mpeg4', 'MP4V-ES'],
  ...['speex16', 'speex32'].map((name) => [name, 'speex'] as const),
  ...['', '12', '16', '24', '32', '44', '48'].map((rate) => [`slin${rate}`, 'L16'] as const),
]);

/** What is said before a section says anything. */
interface Before {
  /** What holds for all sections. */
  readonly options: readonly Option[];
  /** Whether nothing is allowed that is not said to be. */
  readonly isClosed: boolean;
}

/** An endpoint of pjsip.conf may use what it lists. */
export const pjsipCodecs: Before = { options: [], isClosed: true };

/** A device of sip.conf goes on from what [general] says, which allows anything by itself. */
export function sipCodecs(general: Options): Before {
  return { options: general.section.options, isClosed: false };
}

/** The codecs of a party, by `allow` and `disallow` in their order. */
export function setCodecs(draft: Draft, options: Options, { options: general, isClosed }: Before): void {
  const own = options.section.options.filter(isAboutCodecs);
  for (const name of ['allow', 'disallow']) options.told(name);
  const said = [...general.filter(isAboutCodecs), ...own];
  if (said.length === 0) return;
  const list = new CodecList(isClosed);
  const problem = said.map((option) => list.read(option, options)).find((each) => each !== undefined);
  const leave = (reason: string) => {
    for (const option of said) options.leaveAt(option, reason);
  };
  if (problem !== undefined) leave(problem);
  else if (list.allowed === undefined) for (const option of said) options.ignoreAt(option, reasons.codecs);
  else if (list.allowed.length === 0) leave('allows no codec that is known');
  else {
    const field = draft.kind === 'Trunk' ? 'endpoint.codecs' : 'codecs';
    draft.set(field, list.allowed, ...said.map(({ place }) => place));
    for (const option of said) options.carryAt(option);
  }
}

function isAboutCodecs({ name }: Option): boolean {
  return name === 'allow' || name === 'disallow';
}

/** The codecs that are allowed while options are read one after the other; undefined for any. */
class CodecList {
  allowed: string[] | undefined;

  constructor(isClosed: boolean) {
    this.allowed = isClosed ? [] : undefined;
  }

  /** Why an option cannot be carried over, with all the others. */
  read(option: Option, options: Options): string | undefined {
    for (const written of option.value.toLowerCase().split(',')) {
      // After a colon stands how much goes into a packet, which is for the parties to say.
      const [, not, word = ''] = /^\s*(!?)\s*([^:\s]*)/.exec(written) ?? [];
      const isAllowed = (option.name === 'allow') !== (not === '!');
      const codec = codecName(names.get(word) ?? word);
      if (word === 'all') this.allowed = isAllowed ? undefined : [];
      else if (codec === undefined && word !== '')
        options.leaveAt(option, `${JSON.stringify(word.slice(0, 32))} is no codec that is known`);
      else if (codec !== undefined && this.allowed === undefined && !isAllowed)
        return 'a list names the codecs that may be used, and not what else may not';
      else if (codec !== undefined) this.#enter(codec, isAllowed);
    }
    return undefined;
  }

  #enter(codec: string, isAllowed: boolean): void {
    const others = this.allowed?.filter((each) => each !== codec);
    if (!isAllowed) this.allowed = others;
    else if (this.allowed && !this.allowed.includes(codec)) this.allowed.push(codec);
  }
}
