import { mutant } from './mutate.ts';
import { run } from './run.ts';
import { examineDescription } from './sdp-examine.ts';
import { descriptions } from './sdp-generate.ts';

// Fuzzes session descriptions. node --expose-gc test/fuzz/sdp.ts --seconds 600 --seed 1; one input again: --iteration 7.

run({ input: (random) => mutant(random, descriptions), examine: examineDescription });
