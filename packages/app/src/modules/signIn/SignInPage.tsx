import { UserIdentity } from '@backstage/core-components';
import { configApiRef, useApi } from '@backstage/frontend-plugin-api';
import type { SignInPageProps } from '@backstage/plugin-app-react';
import {
  Alert,
  Button,
  Card,
  CardBody,
  CardFooter,
  CardHeader,
  Container,
  Text,
} from '@backstage/ui';
import { useCallback, useEffect, useState } from 'react';
import { oidcAuthApiRef } from './oidcAuthApi';
import { takeSignInError } from './takeSignInError';

type State =
  | { is: 'checking' }
  | { is: 'signedOut'; error?: string }
  | { is: 'leaving' };

/** Comes before everything else: brings somebody to the identity provider and back. */
export function SignInPage(props: SignInPageProps & { auto: boolean }) {
  const { auto, onSignInSuccess } = props;
  const authApi = useApi(oidcAuthApiRef);
  const title = useApi(configApiRef).getOptionalString('app.title');
  const [state, setState] = useState<State>({ is: 'checking' });

  const enter = useCallback(
    async (options: { optional?: boolean; instantPopup?: boolean }) => {
      const response = await authApi.getBackstageIdentity(options);
      if (!response) return false;
      const profile = await authApi.getProfile();
      const { identity } = response;
      onSignInSuccess(UserIdentity.create({ identity, authApi, profile }));
      return true;
    },
    [authApi, onSignInSuccess],
  );
  const signIn = useCallback(() => {
    setState({ is: 'leaving' });
    // The page is left; it comes back only when that fails.
    enter({ instantPopup: true }).catch(error =>
      setState({ is: 'signedOut', error: error.message }),
    );
  }, [enter]);

  useEffect(() => {
    const error = takeSignInError();
    enter({ optional: true }).then(
      entered => {
        if (entered) return;
        if (auto && !error) signIn();
        else setState({ is: 'signedOut', error });
      },
      reason => setState({ is: 'signedOut', error: reason.message }),
    );
  }, [auto, enter, signIn]);

  if (state.is === 'checking') return null;
  return (
    <main>
      <Container>
        <Card style={{ maxWidth: '28rem', margin: '15vh auto 0' }}>
          <CardHeader>
            <Text as="h1" variant="title-small" weight="bold">
              {title}
            </Text>
          </CardHeader>
          <CardBody>
            {state.is === 'signedOut' && state.error && (
              <div role="alert" style={{ marginBottom: 'var(--bui-space-4)' }}>
                <Alert
                  status="danger"
                  icon
                  title="You could not be signed in"
                  description={state.error}
                />
              </div>
            )}
            <Text as="p">
              Sign in to see the models of your team: what is live, what is
              rolling out, and what waits for you.
            </Text>
          </CardBody>
          <CardFooter>
            <Button
              variant="primary"
              isDisabled={state.is === 'leaving'}
              onPress={signIn}
            >
              Sign in
            </Button>
          </CardFooter>
        </Card>
      </Container>
    </main>
  );
}
