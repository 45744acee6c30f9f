/** Lets plain Node run the app's own sources: they name files without ending, packages upwards. */
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Packages live beside the app; these files do not. */
const APP = new URL('../../../pwa/package.json', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('.') && context.parentURL !== undefined) {
      const source = new URL(`${specifier}.ts`, context.parentURL);
      if (existsSync(fileURLToPath(source))) return next(source.href, context);
    }
    const isPackage = /^[@a-z]/.test(specifier) && !/^(node|file|data):/.test(specifier);
    return next(specifier, isPackage ? { ...context, parentURL: APP } : context);
  },
});
