import type { TemplateExample } from '@backstage/plugin-scaffolder-node';

export const examples: TemplateExample[] = [
  {
    description: 'Deploy to staging what was registered before',
    example: `steps:
  - id: deploy
    name: Deploy to staging
    action: ml:deploy
    input:
      model: fraud-detector
      version: 1.0.0
      environment: staging
`,
  },
];
