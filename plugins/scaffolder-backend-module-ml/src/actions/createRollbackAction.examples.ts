import type { TemplateExample } from '@backstage/plugin-scaffolder-node';

export const examples: TemplateExample[] = [
  {
    description: 'Go back to the last good version in production',
    example: `steps:
  - id: rollback
    name: Roll back
    action: ml:rollback
    input:
      model: fraud-detector
      environment: production
      reason: Payments of small shops are refused
`,
  },
];
