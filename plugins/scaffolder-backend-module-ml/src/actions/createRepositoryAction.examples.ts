import type { TemplateExample } from '@backstage/plugin-scaffolder-node';

export const examples: TemplateExample[] = [
  {
    description: 'Make a repository of all that the workspace has',
    example: `steps:
  - id: repository
    name: Make the repository
    action: ml:repository:create
    input:
      name: fraud-detector
      message: Start the model fraud-detector
`,
  },
];
