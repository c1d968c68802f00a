const DEADLINE_MS = 20_000;

/** Asks again and again until the condition holds. */
export async function eventually(
  condition: () => Promise<boolean>,
  what: string,
): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`In vain waited until ${what}`);
    await new Promise(done => setTimeout(done, 20));
  }
}
