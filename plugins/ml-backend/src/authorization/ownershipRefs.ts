import type { UserInfoService } from '@backstage/backend-plugin-api';
import type { RequestContext } from '../http/requestContext';

/** The entity references that stand for a caller: a user and its groups, or a service alone. */
export function ownershipRefs(userInfo: UserInfoService) {
  return async ({ actor, credentials }: RequestContext): Promise<string[]> => {
    if ((credentials.principal as { type?: string }).type !== 'user') {
      return [actor];
    }
    const info = await userInfo.getUserInfo(credentials);
    return [...new Set([actor, ...info.ownershipEntityRefs])];
  };
}
