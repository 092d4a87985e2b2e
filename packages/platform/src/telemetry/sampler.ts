import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import { Fault } from '@tandem/sip';
import { settingInvalid } from '../faults.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG ask for; everything is sampled when they are unset. */
export function samplerOf(env: Environment): Sampler {
  const name = env.OTEL_TRACES_SAMPLER || 'parentbased_always_on';
  const isParentBased = name.startsWith('parentbased_');
  const root = rootSampler(isParentBased ? name.slice('parentbased_'.length) : name, env);
  return isParentBased ? new ParentBasedSampler({ root }) : root;
}

function rootSampler(name: string, { OTEL_TRACES_SAMPLER_ARG: argument }: Environment): Sampler {
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(readRatio(argument || '1'));
    default:
      throw new Fault(settingInvalid, `OTEL_TRACES_SAMPLER: there is no sampler ${JSON.stringify(name)}`);
  }
}

function readRatio(text: string): number {
  const ratio = Number(text);
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw new Fault(settingInvalid, `OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1, not ${text}`);
}
