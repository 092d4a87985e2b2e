import { corpus } from './corpus.ts';
import { examine } from './examine.ts';
import { mutant } from './mutate.ts';
import { run } from './run.ts';

// Fuzzes all that parses. node --expose-gc test/fuzz/parser.ts --seconds 3600 --seed 1; one input again: --iteration 7.

run({ input: (random) => mutant(random, corpus), examine });
