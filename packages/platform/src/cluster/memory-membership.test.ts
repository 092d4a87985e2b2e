import { createLog } from '../log.ts';
import { membershipCompliance } from './membership-compliance.ts';
import { MemoryMembers, MemoryMembership } from './memory-membership.ts';

const log = createLog({ level: 'silent', node: 'test', destination: 2 });

membershipCompliance('memory', async () => {
  const members = new MemoryMembers();
  return {
    open: async () => {
      const membership = new MemoryMembership(log, members);
      return { membership, die: async () => membership.die() };
    },
    close: async () => undefined,
  };
});
