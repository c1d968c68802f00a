import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROLES } from './policies';
import { type RoleTableRow, ROLE_TABLE } from './roleTable';

const PAGE = join(__dirname, '../../../../docs/explanation/roles.md');

function cellsOf({ capability, permission, reach }: RoleTableRow): string[] {
  return [
    `\`${permission}\``,
    ...ROLES.map(role => {
      if (reach[role] === 'none') return '–';
      return reach[role] === 'granted' && capability !== 'read'
        ? `granted (${capability})`
        : reach[role];
    }),
  ];
}

it('is what the documentation says', () => {
  const [, ...lines] = readFileSync(PAGE, 'utf8')
    .split('<!-- role table')[1]
    .split('\n\n')[1]
    .split('\n');
  const documented = lines.slice(1).map(line =>
    line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  );
  expect(documented).toEqual(ROLE_TABLE.map(cellsOf));
});
