import type { TemplateExample } from '@backstage/plugin-scaffolder-node';

export const examples: TemplateExample[] = [
  {
    description: 'Check the package in the folder model',
    example: `steps:
  - id: package
    name: Check the package
    action: ml:package
    input:
      directory: model
`,
  },
  {
    description: 'Check it, and write it as an OCI image layout',
    example: `steps:
  - id: package
    name: Write the package
    action: ml:package
    input:
      directory: model
      output: package
`,
  },
];
