import { describe, expect, it } from 'vitest';
import { Branches, branchOwner } from './branch.ts';

const branches = new Branches('edge-0.local', 1_700_000_000_000);
const written = branches.write(1_234, 5, 'x_Y-9');
const prefix = 'z9hG4bKedge-0.local_loyw3v28_';

describe('branch', () => {
  it('carries node, run, slot, generation and the suffix of the caller', () => {
    expect(written).toBe(`${prefix}1234_5_x_Y-9`);
    expect(branches.slotOf(written)).toBe(1_234);
    expect(branchOwner(written)).toBe('edge-0.local');
  });

  it('of another node or another run has no slot here, but an owner', () => {
    const others = [new Branches('edge-0.local', 1), new Branches('edge-0', 1_700_000_000_000)];
    const foreign = others.map((other) => other.write(1_234, 5, 'x'));
    expect(foreign.map((branch) => branches.slotOf(branch))).toEqual([-1, -1]);
    expect(foreign.map(branchOwner)).toEqual(['edge-0.local', 'edge-0']);
  });

  it.each([
    ['no suffix', `${prefix}7_1_`, 7],
    ['negative', `${prefix}-1_1_`, -1],
    ['huge', `${prefix}99999999999999999999_1_`, -1],
    ['over 2^32', `${prefix}4294967297_1_`, -1],
    ['no number', `${prefix}x_1_`, -1],
    ['a fraction', `${prefix}1.5_1_`, -1],
    ['exponent', `${prefix}1e3_1_`, -1],
    ['space', `${prefix} 1_1_`, -1],
    ['cut after the run', prefix, -1],
    ['cut in the slot', `${prefix}12`, -1],
    ['NUL', `${prefix}\0_1_`, -1],
    ['a name of Object', `${prefix}__proto___1_`, 0],
  ])('with a slot that is %s', (_, branch, slot) => {
    expect(branches.slotOf(branch)).toBe(slot);
  });

  it.each([
    ['z9hG4bK'],
    ['z9hG4bK776asdhds'],
    ['z9hG4bK_1_2_3_x'],
    ['z9hG4bKnode_1_2_x'],
    ['z9hG4bKnode_1_-2_3_x'],
    ['z9hG4bKnode_1_2_99999999999999999999_x'],
    [`z9hG4bK${'a'.repeat(70_000)}_1_2_3_x`],
    ['xz9hG4bKnode_1_2_3_x'],
    [''],
  ])('%s has no owner', (branch) => {
    expect(branchOwner(branch)).toBeUndefined();
  });

  it.each(['', 'a_b', 'a b', 'a\r\nb', 'ä', 'a'.repeat(64)])('refuses %j as a node id', (node) => {
    expect(() => new Branches(node, 1)).toThrow('not a node id');
  });

  it.each(['a b', 'a;b', 'a\r\nb', 'a\0'])('refuses %j as a suffix', (suffix) => {
    expect(() => branches.write(0, 0, suffix)).toThrow('not a branch suffix');
  });
});
