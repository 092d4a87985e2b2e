import type { router } from '@tandem/contract';
import {
  type InboundNumber,
  type OutboundRoute,
  type TagHeaders,
  type Tags,
  tagValue,
} from '@tandem/resource';
import { partyOf, type Question } from './question.ts';
import { partName, partOf } from './request-part.ts';

/** What led a call to its callee, where anything did but its name. */
export interface Lead {
  readonly inbound?: InboundNumber | undefined;
  readonly route?: OutboundRoute | undefined;
}

const none: Tags = {};

/** The tags of a call: those of the caller, those that a trusted trunk has sent, those of the Number and of the Route. */
export function tagsOf(question: Question, { inbound, route }: Lead, steps: router.Step[]): Tags {
  const { caller, request } = question;
  if (request.method !== 'INVITE') return none;
  const from = caller.is === 'trunk' ? caller.trunk.tagsFrom : undefined;
  const sent = from && sentTags(from, request, steps);
  const sources = [partyOf(question).tags, sent, inbound?.tags, route?.tags].filter(
    (each) => each !== undefined,
  );
  if (sources.length === 0) return none;
  const tags: Tags = Object.assign({}, ...sources);
  const shown = Object.entries(tags).map(([name, value]) => `${name}=${value}`);
  if (shown.length > 0) steps.push({ rule: 'policy', finding: `tags: ${shown.join(', ')}` });
  return tags;
}

function sentTags(headers: TagHeaders, request: router.Request, steps: router.Step[]): Tags {
  const tags: Record<string, string> = {};
  for (const [name, header] of Object.entries(headers)) {
    const value = partOf(request, header.toLowerCase());
    if (value === undefined) continue;
    if (tagValue.test(value)) tags[name] = value;
    else {
      const finding = `tag ${name} is not taken from ${partName(header.toLowerCase())}: its value is unsafe`;
      steps.push({ rule: 'policy', finding });
    }
  }
  return tags;
}

/** Headers in which somebody is told tags; those without a tag are nobody else's to send. */
export function tagEdits(headers: TagHeaders | undefined, tags: Tags): router.HeaderEdit[] {
  if (!headers) return [];
  return Object.entries(headers).map(([name, header]) => {
    const value = tags[name];
    return { name: header, ...(value !== undefined && { value }) };
  });
}

/** Headers in which the caller is told tags. */
export function tagFields(headers: TagHeaders | undefined, tags: Tags): router.HeaderField[] {
  return tagEdits(headers, tags).flatMap(({ name, value }) => (value === undefined ? [] : [{ name, value }]));
}
