import { anApproval } from '../__testUtils__/fixtures';
import { approvalActions, DECISIONS, type Onlooker } from './approvalActions';

const paul: Onlooker = { identity: 'user:default/paul', mayDecide: true };
const mia: Onlooker = { identity: 'user:default/mia', mayDecide: true };

/** Reasons of the three decisions; undefined where one is possible. */
const reasons = (me: Onlooker, state = anApproval().state) => {
  const actions = approvalActions(anApproval({ state }), me);
  return DECISIONS.map(decision => {
    const action = actions[decision];
    return action.enabled ? undefined : action.reason;
  });
};

describe('approvalActions', () => {
  it('lets somebody else decide, and not withdraw', () => {
    expect(reasons(paul)).toEqual([
      undefined,
      undefined,
      expect.stringMatching('Only who asked'),
    ]);
  });

  it('lets the one who asked withdraw, and not decide', () => {
    const own = expect.stringMatching('You asked for this yourself');
    expect(reasons(mia)).toEqual([own, own, undefined]);
  });

  it('names the permission that is missing', () => {
    const [approve, deny] = reasons({ ...paul, mayDecide: false });
    expect(approve).toMatch('ml.approval.decide');
    expect(deny).toMatch('ml.approval.decide');
    expect(reasons({ ...mia, mayDecide: false })[2]).toBeUndefined();
  });

  it.each(['used', 'approved', 'denied', 'withdrawn', 'expired'] as const)(
    'offers nothing once the request is %s',
    state => {
      for (const reason of [...reasons(paul, state), ...reasons(mia, state)]) {
        expect(reason).toMatch('cannot be decided on any more');
      }
    },
  );

  it('offers nothing until it knows who looks', () => {
    for (const reason of reasons({})) expect(reason).toMatch('Checking');
  });
});
