import type { RequestContext } from '../../http/requestContext';
import type { People } from '../../access/People';
import type { PolicyRule } from './PolicyRule';

/**
 * Somebody has to be a platform admin, or nobody could change it back: who asks
 * or approves, or anybody of the catalog.
 */
export function keepsAnAdmin(options: {
  people: Pick<People, 'findBehind'>;
  getOwnershipRefs: (context: RequestContext) => Promise<string[]>;
}): PolicyRule {
  const { getOwnershipRefs, people } = options;
  return {
    async problemOf({ roles }, context) {
      if (!roles) return undefined;
      const admins = roles['platform-admin'];
      const own = await getOwnershipRefs(context);
      if (admins.some(ref => own.includes(ref))) return undefined;
      const found = await people.findBehind(admins);
      if ([...found.values()].some(members => members.length)) return undefined;
      return `roles.platform-admin: nobody would be left in this role; ${admins.join(
        ', ',
      )} ${
        admins.length === 1 ? 'is' : 'are'
      } no user of the catalog and no group with members, and you are not among them. Name somebody who is`;
    },
  };
}
