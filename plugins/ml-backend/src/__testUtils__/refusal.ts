/** What the client throws when the API refuses with this status and message. */
export function refusal(status: number, message: string | RegExp): object {
  return {
    response: { status },
    body: {
      error: {
        message:
          typeof message === 'string'
            ? expect.stringContaining(message)
            : expect.stringMatching(message),
      },
    },
  };
}
