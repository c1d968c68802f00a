import type { TemplateExample } from '@backstage/plugin-scaffolder-node';

export const examples: TemplateExample[] = [
  {
    description: 'Register the package in the folder model',
    example: `steps:
  - id: register
    name: Register the version
    action: ml:register
    input:
      directory: model
`,
  },
  {
    description: 'Register it as a draft, which stays out of production',
    example: `steps:
  - id: register
    name: Register a draft
    action: ml:register
    input:
      directory: model
      draft: true
`,
  },
];
