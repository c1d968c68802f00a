/** Whether two entity references name the same; their case says nothing. */
export function samePerson(one: string | undefined, other: string): boolean {
  return one?.toLocaleLowerCase('en-US') === other.toLocaleLowerCase('en-US');
}
