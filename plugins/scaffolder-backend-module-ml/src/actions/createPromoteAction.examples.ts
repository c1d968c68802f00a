import type { TemplateExample } from '@backstage/plugin-scaffolder-node';

export const examples: TemplateExample[] = [
  {
    description: 'Take what was tried in staging to production',
    example: `steps:
  - id: promote
    name: Promote to production
    action: ml:promote
    input:
      model: fraud-detector
      version: 1.0.0
`,
  },
];
