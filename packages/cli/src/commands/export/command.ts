import type { Command } from 'commander';
import type { Launch } from '../../program';
import { examples } from '../options';

export interface ExportOptions {
  layout?: string;
  to?: string;
  image?: string;
  base?: string;
  platform?: string;
  referrers?: boolean;
  username?: string;
  passwordStdin?: boolean;
  plainHttp?: boolean;
}

export function addExportCommand(program: Command, launch: Launch): void {
  program
    .command('export')
    .description(
      'Take a version elsewhere: as files, into a registry, or as an image that runs',
    )
    .argument(
      '<model@version|alias|directory>',
      'a registered version, by its number or an alias, or a package that is not registered yet',
    )
    .option(
      '--layout <path>',
      'write its package as an OCI image layout: a folder, or one file where the path ends in .tar',
    )
    .option(
      '--to <reference>',
      'copy its package to an OCI registry, for example registry.example.org/team/wine:1.0.0; the tag is the version when not given',
    )
    .option(
      '--image <reference|path>',
      'make a runnable image that serves it; pushed to a registry or written as a layout',
    )
    .option(
      '--base <reference|path>',
      'image with the inference server, which the model is put on top of (default: ML_EXPORT_BASE)',
    )
    .option(
      '--platform <os/architecture>',
      'part of the base image, where it is there for several (default: linux and the architecture of this machine)',
    )
    .option(
      '--referrers',
      'with --layout and --to: what belongs to the version, too, such as signatures and evaluations',
    )
    .option('--username <name>', 'account at the registry of --to or --image')
    .option('--password-stdin', 'read the password from stdin')
    .option(
      '--plain-http',
      'speak HTTP without TLS to the registries; without it, only to this machine',
    )
    .addHelpText(
      'after',
      `
Nothing that is exported changes: the package keeps its digest, and an image of
the same version on the same base is always the same image. Only what a registry
lacks is sent, and an upload or a folder that was broken off is continued.

--image needs no Docker. Its server answers the Open Inference Protocol on port
8080 as the platform does, as user 65532. Versions of format onnx have images.

A target begins with a host and a slash (registry.example.org/, localhost/,
builder:5000/) or it is a path; ./ in front makes anything a path.

The account is looked for in --username with --password-stdin, then in
ML_EXPORT_USERNAME and ML_EXPORT_PASSWORD, then where docker login, podman login
and skopeo login leave it: REGISTRY_AUTH_FILE or else containers/auth.json and
config.json in DOCKER_CONFIG or ~/.docker, with credential helpers.
${examples(
  'ml export wine-classifier@1.0.0 --layout wine-classifier.tar',
  'ml export wine-classifier@champion --to registry.example.org/team/wine-classifier --referrers',
  'node scripts/baseImage.mjs --out base-image',
  'ml export wine-classifier@1.0.0 --image registry.example.org/team/wine-server:1.0.0 --base base-image',
  'ml export examples/wine-classifier --image ./wine-image.tar --base registry.example.org/platform/ml-base:1',
)}`,
    )
    .action((subject: string, options: ExportOptions) =>
      launch(async context =>
        (await import('./export')).exportVersion(context, subject, options),
      ),
    );
}
